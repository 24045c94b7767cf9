package org.malleposte.auth;

/**
 * The server's side of one run of a SASL mechanism (RFC 4422 §3). Pure: bytes in, a step out;
 * base64 is the protocol's affair. Belongs to one connection.
 */
public interface SaslExchange {
  /** What the server does next. */
  sealed interface SaslStep {
    /** Send this and wait for a response; may be empty. */
    record Challenge(byte[] data) implements SaslStep {}

    /** Ask the {@link Authenticator}; its answer ends the exchange. */
    record Check(String login, String password) implements SaslStep {
      /** Without the password: this may be printed. */
      @Override
      public String toString() {
        return "Check[" + login + "]";
      }
    }

    /** The client does not speak the mechanism's language; the exchange has ended. */
    record Malformed() implements SaslStep {}
  }

  /** Begins without an initial response. */
  SaslStep begin();

  /** Takes the initial response, or the response to the last challenge. */
  SaslStep respond(byte[] response);
}
