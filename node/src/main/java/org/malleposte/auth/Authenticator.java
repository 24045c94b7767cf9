package org.malleposte.auth;

import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;

/** Checks logins. Thread-safe; never blocks (hashing runs elsewhere). */
public interface Authenticator {
  /** How a login ended. */
  sealed interface LoginOutcome {
    record Granted(AccountName account) implements LoginOutcome {}

    /** Wrong name or password: nobody is told which. */
    record Denied() implements LoginOutcome {}

    /** Could not be checked now. */
    record Unavailable(String detail) implements LoginOutcome {}
  }

  /**
   * @param login as the client wrote it; {@code alice@example.org} and {@code alice} may be one
   *     account
   * @param peerAddress for slowing down a guesser
   * @return never fails
   */
  CompletableFuture<LoginOutcome> login(String login, String password, String peerAddress);
}
