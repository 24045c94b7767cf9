package org.malleposte.smtp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.mail.Domain;
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

  /**
   * Ask; answer: {@link SmtpEvent.SenderChecked}.
   *
   * @param own whether it must be an address of the peer's account
   */
  record AskSender(Peer peer, ReversePath from, boolean own) implements SmtpStep {}

  /** Ask: does it wait for our greeting? Answer: {@link SmtpEvent.GreetPauseEnded}. */
  record GreetPause(Duration time) implements SmtpStep {}

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
   * @param binary it need not be lines
   * @param missing what is added to the header of a submitted message
   */
  record OpenBody(
      int traceBytes, long expectedBytes, boolean binary, Optional<SubmittedHeader.Missing> missing)
      implements SmtpStep {}

  /** Ask: bytes are a message from here on. Answer: {@link SmtpEvent.BodyEnded}. */
  record ReceiveBody(Framing framing) implements SmtpStep {}

  /** How the end of what a client sends of a message is found. */
  sealed interface Framing {
    /** A line with one dot (RFC 5321 §4.1.1.4). */
    record Dots() implements Framing {}

    /**
     * After so many octets (RFC 3030 §2).
     *
     * @param last it ends the message
     */
    record Chunk(long octets, boolean last) implements Framing {}
  }

  /**
   * Ask: octets of a chunk that is refused are read and forgotten. Answer: {@link
   * SmtpEvent.Skipped}.
   */
  record SkipOctets(long octets) implements SmtpStep {}

  /** A message that has begun in chunks will not be ended. */
  record AbandonBody() implements SmtpStep {}

  /** Let the client wait before what follows: it has made many mistakes. */
  record Pause(Duration time) implements SmtpStep {}

  /** Ask: where would mail for this address go? Answer: {@link SmtpEvent.Verified}. */
  record AskVerify(EmailAddress address) implements SmtpStep {}

  /** Ask: what waits for a domain goes now. Answer: {@link SmtpEvent.FlushBegun}. */
  record AskFlush(Domain domain, boolean subdomains) implements SmtpStep {}

  /**
   * Ask for the one thing that leads to a 250; answer: {@link SmtpEvent.Committed}, or {@link
   * SmtpEvent.NotConverted}.
   *
   * @param trace our header, as long as {@link OpenBody#traceBytes}
   * @param binary the message is to become one of lines before
   * @param hold why the mail is to be held, if it is
   */
  record Commit(
      QueueId id,
      Envelope envelope,
      List<Target> targets,
      byte[] trace,
      boolean binary,
      Optional<String> hold)
      implements SmtpStep {}

  /** Ask: send {@code reply} in clear, then begin TLS. Answer: {@link SmtpEvent.TlsStarted}. */
  record StartTls(SmtpReply reply) implements SmtpStep {}
}
