package org.malleposte.auth;

import org.malleposte.auth.Authenticator.LoginOutcome;

/** What the {@link Authenticator} says to a {@link LoginQuestion}. */
public sealed interface LoginAnswer {
  /**
   * The login is decided.
   *
   * @param proof that we know the password too, for mechanisms in which the server shows it; else
   *     empty
   */
  record Ended(LoginOutcome outcome, byte[] proof) implements LoginAnswer {
    private static final byte[] NO_PROOF = {};

    public Ended(LoginOutcome outcome) {
      this(outcome, NO_PROOF);
    }
  }

  /**
   * To {@link LoginQuestion.Ticket}: there is more to say.
   *
   * @param token for the client
   */
  record Negotiated(byte[] token) implements LoginAnswer {}

  /** To {@link LoginQuestion.Salt}: for a name that does not exist too. */
  record Salted(byte[] salt, int iterations) implements LoginAnswer {}
}
