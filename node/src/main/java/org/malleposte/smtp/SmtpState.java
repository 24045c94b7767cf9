package org.malleposte.smtp;

import org.malleposte.auth.SaslExchange;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.QueueId;

/** Where a session is. In a state that waits for an answer no command is taken. */
sealed interface SmtpState {
  /**
   * @param extended by EHLO
   */
  record Hello(String name, boolean extended) {}

  /** One that waits for the client's next command. */
  sealed interface Ready extends SmtpState {}

  /** Before the greeting: may it come in? */
  record Arriving() implements SmtpState {}

  /** Greeted by us, or just encrypted; it has not said who it is. */
  record Connected() implements Ready {}

  record Greeted(Hello hello) implements Ready {}

  record CheckingSender(Hello hello, Transaction mail) implements SmtpState {}

  record InMail(Hello hello, Transaction mail) implements Ready {}

  record CheckingRecipient(Hello hello, Transaction mail, EmailAddress recipient)
      implements SmtpState {}

  /** Is there memory for a body? */
  record OpeningBody(Hello hello, Transaction mail, TraceHeader trace) implements SmtpState {}

  /** Between 354 and the final dot. */
  record Receiving(Hello hello, Transaction mail, TraceHeader trace) implements SmtpState {}

  /** Between the final dot and its reply: the mail is not ours yet. */
  record Committing(Hello hello, QueueId id) implements SmtpState {}

  /** A challenge has been sent. */
  record Authenticating(Hello hello, SaslExchange exchange) implements SmtpState {}

  record CheckingLogin(Hello hello, SaslExchange exchange) implements SmtpState {}

  record StartingTls() implements SmtpState {}

  record Closed() implements SmtpState {}
}
