/** Threads and time, as dependencies. */
package org.malleposte.runtime;
