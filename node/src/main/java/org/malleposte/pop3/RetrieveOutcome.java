package org.malleposte.pop3;

/** How the sending of a message ended. */
sealed interface RetrieveOutcome {
  /**
   * @param whole not only its top
   */
  record Sent(boolean whole) implements RetrieveOutcome {}

  /** Expunged by another session; nothing was sent. */
  record Gone() implements RetrieveOutcome {}

  /** It cannot be read now; nothing was sent. */
  record Failed() implements RetrieveOutcome {}

  /** Reading failed after a part had been sent. */
  record CutOff() implements RetrieveOutcome {}
}
