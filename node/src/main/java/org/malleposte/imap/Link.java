package org.malleposte.imap;

import org.malleposte.auth.SaslLink;

/**
 * The client's connection, as the session must know it.
 *
 * @param tlsAvailable there is a certificate for STARTTLS
 * @param peerAddress without port
 */
record Link(SaslLink sasl, boolean tlsAvailable, String peerAddress) {
  boolean encrypted() {
    return sasl.isEncrypted();
  }

  boolean canStartTls() {
    return !encrypted() && tlsAvailable;
  }

  Link encryptedAs(SaslLink now) {
    return new Link(now, tlsAvailable, peerAddress);
  }
}
