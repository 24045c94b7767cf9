package org.malleposte.imap;

/**
 * The client's connection, as the session must know it.
 *
 * @param encrypted TLS is on
 * @param loopback the client is on this machine
 * @param tlsAvailable there is a certificate for STARTTLS
 * @param peerAddress without port
 */
record Link(boolean encrypted, boolean loopback, boolean tlsAvailable, String peerAddress) {
  /** As Dovecot has it (disable_plaintext_auth). */
  boolean mayCarryPassword() {
    return encrypted || loopback;
  }

  boolean canStartTls() {
    return !encrypted && tlsAvailable;
  }

  Link encryptedNow() {
    return new Link(true, loopback, tlsAvailable, peerAddress);
  }
}
