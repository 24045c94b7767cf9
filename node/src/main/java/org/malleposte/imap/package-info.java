/**
 * The IMAP server (RFC 3501): bytes become commands ({@code CommandFramer}, {@code
 * ImapCommandParser}), commands become steps ({@code ImapSession}), {@code ImapConnection} performs
 * them.
 */
package org.malleposte.imap;
