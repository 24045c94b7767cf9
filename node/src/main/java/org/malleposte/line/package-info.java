/** Bytes to lines and back, for all line protocols. Pure: no network, no threads. */
package org.malleposte.line;
