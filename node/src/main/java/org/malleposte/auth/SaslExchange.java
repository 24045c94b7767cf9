package org.malleposte.auth;

import org.malleposte.auth.Authenticator.LoginOutcome;

/**
 * The server's side of one run of a SASL mechanism (RFC 4422 §3). Pure: bytes or answers in, a step
 * out; base64 is the protocol's affair. Belongs to one connection.
 *
 * <p>None of SMTP, IMAP (RFC 3501) and POP3 can carry data with success: a mechanism that has some
 * sends it as a last challenge, which the client answers with nothing.
 */
public interface SaslExchange {
  /** What the server does next. */
  sealed interface SaslStep {
    /** Send this and wait for a response; may be empty. */
    record Challenge(byte[] data) implements SaslStep {}

    /** Ask the {@link Authenticator}; {@link #answered} goes on. */
    record Ask(LoginQuestion question) implements SaslStep {}

    /** The exchange has ended. */
    record Ended(LoginOutcome outcome) implements SaslStep {}

    /** The client does not speak the mechanism's language; the exchange has ended. */
    record Malformed() implements SaslStep {}
  }

  /** Begins without an initial response. */
  SaslStep begin();

  /** Takes the initial response, or the response to the last challenge. */
  SaslStep respond(byte[] response);

  /** Takes the answer to the last question. */
  default SaslStep answered(LoginAnswer answer) {
    return switch (answer) {
      case LoginAnswer.Ended(var outcome, var _) -> new SaslStep.Ended(outcome);
      case LoginAnswer.Salted _, LoginAnswer.Negotiated _ ->
          throw new IllegalStateException("nobody asked for that");
    };
  }
}
