package org.malleposte.auth;

/** Checks bearer tokens. Thread-safe; may block, so not for an event loop. */
@FunctionalInterface
public interface TokenVerifier {
  /** What a token is worth. */
  sealed interface Verdict {
    /**
     * @param login whom it names
     */
    record Good(String login) implements Verdict {}

    /**
     * @param why for the log only
     */
    record Bad(String why) implements Verdict {}

    /** It cannot be checked now: the keys are not to be had. */
    record Unavailable(String detail) implements Verdict {}
  }

  Verdict verify(String token);
}
