/**
 * ManageSieve (RFC 5804). Bytes become a {@code ManageSieveCommand}, {@code ManageSieveSession}
 * makes steps of it, {@code ManageSieveConnection} performs them.
 */
package org.malleposte.managesieve;
