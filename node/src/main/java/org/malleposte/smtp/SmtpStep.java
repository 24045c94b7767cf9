package org.malleposte.smtp;

import java.util.List;
import java.util.Optional;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router.Peer;
import org.malleposte.routing.Target;
import org.malleposte.trace.MailEvent;

/**
 * What the connection has to do, in this order. An <em>ask</em> is the last of its list; its answer
 * comes back as a {@link SmtpEvent}, and until then the session takes no command.
 */
public sealed interface SmtpStep {
  record Send(SmtpReply reply) implements SmtpStep {}

  /** After all that was sent. */
  record Close() implements SmtpStep {}

  record Note(MailEvent event) implements SmtpStep {}

  /** Throw away the body that was received. */
  record DropBody() implements SmtpStep {}

  /** Ask: who is it, and may it come in? Answer: {@link SmtpEvent.Arrived}. */
  record AskArrival(Peer peer) implements SmtpStep {}

  /** Ask; answer: {@link SmtpEvent.SenderChecked}. */
  record AskSender(Peer peer, ReversePath from) implements SmtpStep {}

  /** Ask; answer: {@link SmtpEvent.RecipientChecked}. */
  record AskRecipient(Peer peer, ReversePath from, EmailAddress recipient) implements SmtpStep {}

  /** Ask; answer: {@link SmtpEvent.LoginChecked}. */
  record AskLogin(LoginQuestion question) implements SmtpStep {}

  /**
   * Ask for a place for a body; answer: {@link SmtpEvent.BodyOpened} or {@link
   * SmtpEvent.BodyUnavailable}.
   *
   * @param traceBytes to leave free in front
   * @param expectedBytes as the client says, 0 when it does not
   */
  record OpenBody(int traceBytes, long expectedBytes) implements SmtpStep {}

  /** Ask: bytes are a message from here to the final dot. Answer: {@link SmtpEvent.BodyEnded}. */
  record ReceiveBody() implements SmtpStep {}

  /**
   * Ask for the one thing that leads to a 250; answer: {@link SmtpEvent.Committed}.
   *
   * @param trace our header, as long as {@link OpenBody#traceBytes}
   * @param hold why the mail is to be held, if it is
   */
  record Commit(
      QueueId id, Envelope envelope, List<Target> targets, byte[] trace, Optional<String> hold)
      implements SmtpStep {}

  /** Ask: send {@code reply} in clear, then begin TLS. Answer: {@link SmtpEvent.TlsStarted}. */
  record StartTls(SmtpReply reply) implements SmtpStep {}
}
