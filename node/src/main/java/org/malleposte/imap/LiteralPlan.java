package org.malleposte.imap;

/** What to do with a literal that a client announces. */
sealed interface LiteralPlan {
  /** Keep it in memory. */
  record Collect() implements LiteralPlan {}

  /** Stream it into an {@link Upload}. */
  record Receive() implements LiteralPlan {}

  /**
   * Do not take it: a client that waits for leave is told so now, any other's literal is read and
   * dropped.
   */
  record Refuse(String tag, ImapReply reply) implements LiteralPlan {}

  /** Too much even to drop. */
  record HangUp(String why) implements LiteralPlan {}
}
