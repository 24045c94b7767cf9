package org.malleposte.pop3;

import java.util.OptionalLong;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.mail.AccountName;

/** What the connection does for a session, in order. */
sealed interface Pop3Step {
  /**
   * @param reply without its last CRLF
   */
  record Send(String reply) implements Pop3Step {}

  /** Ends in {@code Pop3Session.onAnswer}. */
  record AskLogin(LoginQuestion question) implements Pop3Step {}

  /** Locks and reads it; ends in {@code onOpened}. */
  record OpenMaildrop(AccountName account) implements Pop3Step {}

  /** Ends in {@code onSizes}. */
  record LoadSizes(Maildrop drop) implements Pop3Step {}

  /** {@code number size} for each. */
  record SendSizes(Maildrop drop) implements Pop3Step {}

  /** {@code number unique-id} for each. */
  record SendUniqueIds(Maildrop drop) implements Pop3Step {}

  /**
   * Ends in {@code onRetrieved}.
   *
   * @param bodyLines how many after the header; empty: the whole message
   */
  record Retrieve(Maildrop drop, int number, OptionalLong bodyLines) implements Pop3Step {}

  /** Removes and marks as the session says; ends in {@code onUpdated}. */
  record Update(Maildrop drop) implements Pop3Step {}

  /** Lets the next session in; the reply to QUIT waits for it. */
  record Unlock() implements Pop3Step {}

  /**
   * Ends in {@code onTls}; what the client has sent in clear behind STLS is dropped.
   *
   * @param reply the last in clear
   */
  record StartTls(String reply) implements Pop3Step {}

  record Close(Pop3Metrics.End why) implements Pop3Step {}
}
