package org.malleposte.smtp;

import org.malleposte.auth.SaslExchange;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.QueueId;
import org.malleposte.smtp.SmtpStep.Framing;

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

  /** Our greeting is kept back. */
  record Pausing() implements SmtpState {}

  /** Greeted by us, or just encrypted; it has not said who it is. */
  record Connected() implements Ready {}

  record Greeted(Hello hello) implements Ready {}

  record CheckingSender(Hello hello, Transaction mail) implements SmtpState {}

  record InMail(Hello hello, Transaction mail) implements Ready {}

  record CheckingRecipient(Hello hello, Transaction mail, EmailAddress recipient, OfRecipient dsn)
      implements SmtpState {}

  /** Is there memory for a body? */
  record OpeningBody(Hello hello, Transaction mail, TraceHeader trace, Framing framing)
      implements SmtpState {}

  /** Some of the message has come; more chunks are to follow (RFC 3030 §2). */
  record InChunks(Hello hello, Transaction mail, TraceHeader trace) implements Ready {}

  /**
   * A chunk that is refused goes by; then the reply is due.
   *
   * @param replies how often it is due: once, but for the end of a message in LMTP
   */
  record Skipping(Ready back, SmtpReply reply, int replies) implements SmtpState {}

  /** VRFY or EXPN has been asked. */
  record Verifying(Ready back, boolean expand) implements SmtpState {}

  /** ETRN has been asked. */
  record BeginningFlush(Ready back, Domain domain) implements SmtpState {}

  /**
   * Between 354 and the final dot, or within a chunk.
   *
   * @param last whether the message ends with what is being received
   */
  record Receiving(Hello hello, Transaction mail, TraceHeader trace, boolean last)
      implements SmtpState {}

  /** Between the final dot and its reply: the mail is not ours yet. */
  record Committing(Hello hello, QueueId id, int recipients) implements SmtpState {}

  /** A challenge has been sent. */
  record Authenticating(Hello hello, SaslExchange exchange) implements SmtpState {}

  record CheckingLogin(Hello hello, SaslExchange exchange) implements SmtpState {}

  record StartingTls() implements SmtpState {}

  record Closed() implements SmtpState {}
}
