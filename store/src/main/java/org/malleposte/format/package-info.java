/** Versions of what is on disk, and records that newer versions may extend. */
package org.malleposte.format;
