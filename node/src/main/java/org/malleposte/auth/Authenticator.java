package org.malleposte.auth;

import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;

/**
 * Answers what a login asks of the accounts. Every way to log in comes through here, so that
 * guesses are slowed, counted and logged in one place. Thread-safe; never blocks (hashing runs
 * elsewhere).
 */
@FunctionalInterface
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
   * @param peerAddress for slowing down a guesser
   * @return never fails
   */
  CompletableFuture<LoginAnswer> ask(LoginQuestion question, String peerAddress);
}
