/**
 * POP3 (RFC 1939, 2449, 2595, 3206, 5034). Bytes become a {@code Pop3Command}, {@code Pop3Session}
 * makes steps of it, {@code Pop3Connection} performs them.
 */
package org.malleposte.pop3;
