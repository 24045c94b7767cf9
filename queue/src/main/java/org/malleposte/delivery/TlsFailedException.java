package org.malleposte.delivery;

import java.io.IOException;

/**
 * The other host offers STARTTLS, but refuses it or the handshake fails; no mail has gone over yet.
 */
final class TlsFailedException extends IOException {
  private static final long serialVersionUID = 1;

  TlsFailedException(IOException cause) {
    super("TLS: " + cause.getMessage(), cause);
  }
}
