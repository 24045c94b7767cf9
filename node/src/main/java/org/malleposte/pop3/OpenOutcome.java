package org.malleposte.pop3;

/** How the opening of a maildrop ended. */
sealed interface OpenOutcome {
  record Opened(Maildrop drop) implements OpenOutcome {}

  /** Another session has it. */
  record InUse() implements OpenOutcome {}

  /** It cannot be read now; the log says why. */
  record Failed() implements OpenOutcome {}
}
