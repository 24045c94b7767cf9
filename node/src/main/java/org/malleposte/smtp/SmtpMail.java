package org.malleposte.smtp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.smtp.SmtpEvent.BodyOutcome;
import org.malleposte.smtp.SmtpState.CheckingRecipient;
import org.malleposte.smtp.SmtpState.CheckingSender;
import org.malleposte.smtp.SmtpState.Closed;
import org.malleposte.smtp.SmtpState.Committing;
import org.malleposte.smtp.SmtpState.Connected;
import org.malleposte.smtp.SmtpState.Greeted;
import org.malleposte.smtp.SmtpState.Hello;
import org.malleposte.smtp.SmtpState.InChunks;
import org.malleposte.smtp.SmtpState.InMail;
import org.malleposte.smtp.SmtpState.OpeningBody;
import org.malleposte.smtp.SmtpState.Ready;
import org.malleposte.smtp.SmtpState.Receiving;
import org.malleposte.smtp.SmtpState.Skipping;
import org.malleposte.smtp.SmtpStep.Framing;

/**
 * The part of a session that takes mails: from MAIL to the reply to the whole message. Pure, as the
 * session.
 *
 * <p>A 250 to a message comes from one place, {@link #committed}, and from what the postmaster has
 * said to throw away.
 */
final class SmtpMail {
  private final SmtpCore core;

  SmtpMail(SmtpCore core) {
    this.core = core;
  }

  List<SmtpStep> mail(Ready ready, SmtpCommand.Mail mail) {
    return switch (ready) {
      case Connected _ -> core.error(SmtpReplies.HELLO_FIRST);
      case Greeted(var hello) -> mail(hello, mail);
      case InMail _, InChunks _ -> core.error(SmtpReplies.NESTED_MAIL); // RFC 5321 §4.1.4
    };
  }

  private List<SmtpStep> mail(Hello hello, SmtpCommand.Mail mail) {
    if (core.offer.submission() && core.client.account().isEmpty()) {
      return core.error(SmtpReplies.LOGIN_REQUIRED);
    }
    if (mail.parameters().sizeBytes().orElse(0) > core.settings.limits().sizes().messageBytes()) {
      return core.error(SmtpReplies.TOO_LARGE); // RFC 1870 §6.1
    }
    if (mail.parameters().asksForReports() && !core.settings.privacy().receipts()) {
      return core.error(SmtpReplies.PARAMETER_UNKNOWN);
    }
    Optional<SmtpReply> tooMany = core.counts.command();
    if (tooMany.isPresent()) {
      return core.close(tooMany.get());
    }
    var parameters =
        core.settings.privacy().bodyReturn() ? mail.parameters() : mail.parameters().headersOnly();
    var begun = new Transaction(mail.from(), parameters, Transaction.Fate.of(core.verdict));
    core.state = new CheckingSender(hello, begun);
    return List.of(
        new SmtpStep.AskSender(core.client.peer(), mail.from(), core.offer.ownSenders()));
  }

  List<SmtpStep> senderChecked(Verdict decided) {
    var checking = core.as(CheckingSender.class);
    if (decided instanceof Verdict.Reject(var refuse)) {
      core.state = new Greeted(checking.hello());
      return core.error(SmtpReplies.of(refuse));
    }
    checking.mail().meet(Transaction.Fate.of(decided));
    core.state = new InMail(checking.hello(), checking.mail());
    return core.send(SmtpReplies.SENDER_OK);
  }

  List<SmtpStep> rcpt(ForwardPath to, OfRecipient dsn) {
    if (!(core.state instanceof InMail(var hello, var mail))) {
      return core.error(SmtpReplies.MAIL_FIRST);
    }
    if (mail.countCommand() > core.settings.limits().counts().recipientCommands()) {
      return core.close(SmtpReplies.TOO_MANY_COMMANDS);
    }
    if (mail.size() >= core.settings.limits().counts().recipients()) {
      return core.send(SmtpReplies.TOO_MANY_RECIPIENTS); // RFC 5321 §4.5.3.1.10
    }
    EmailAddress recipient =
        switch (to) {
          case ForwardPath.Mailbox(var address, _) -> address;
          case ForwardPath.Bare(var local, _) -> new EmailAddress(local, core.settings.name());
        };
    if (!dsn.equals(OfRecipient.NOTHING) && !core.settings.privacy().receipts()) {
      return core.error(SmtpReplies.PARAMETER_UNKNOWN);
    }
    boolean needsUtf8 =
        !to.ascii() || dsn.original().map(o -> o.chars().anyMatch(c -> c > 0x7f)).orElse(false);
    if (needsUtf8 && !mail.smtpUtf8()) {
      return core.error(SmtpReplies.ADDRESS_NOT_ASCII);
    }
    if (mail.fate() instanceof Transaction.Fate.Discard(var why)) {
      mail.drop(recipient, why);
      return core.send(SmtpReplies.RECIPIENT_OK);
    }
    core.state = new CheckingRecipient(hello, mail, recipient, dsn);
    return List.of(new SmtpStep.AskRecipient(core.client.peer(), mail.from(), recipient));
  }

  List<SmtpStep> recipientChecked(RoutingDecision decision) {
    var checking = core.as(CheckingRecipient.class);
    Transaction mail = checking.mail();
    core.state = new InMail(checking.hello(), mail);
    switch (decision) {
      case RoutingDecision.Accept(var targets, _) ->
          mail.accept(checking.recipient(), checking.dsn(), targets);
      case RoutingDecision.Discard(var because) ->
          mail.drop(checking.recipient(), String.valueOf(because));
      case RoutingDecision.DiscardMail(var because) -> {
        mail.meet(new Transaction.Fate.Discard(String.valueOf(because)));
        mail.drop(checking.recipient(), String.valueOf(because));
      }
      case RoutingDecision.Quarantine(var reason, var targets, _) -> {
        mail.meet(new Transaction.Fate.Hold(reason));
        mail.accept(checking.recipient(), checking.dsn(), targets);
      }
      case RoutingDecision.Refuse refuse -> {
        return core.refused(SmtpReplies.of(refuse), core.counts.refusedRecipient());
      }
    }
    return core.send(SmtpReplies.RECIPIENT_OK);
  }

  List<SmtpStep> data(Ready ready) {
    return switch (ready) {
      case Connected _, Greeted _ -> core.error(SmtpReplies.MAIL_FIRST);
      case InChunks _ -> core.error(SmtpReplies.IN_CHUNKS);
      case InMail(_, var mail) when mail.isBinary() ->
          core.error(SmtpReplies.BINARY_NEEDS_BDAT); // RFC 3030 §3
      case InMail(var hello, var mail) ->
          mail.size() == 0
              ? core.error(withoutRecipients(mail))
              : openBody(hello, mail, new Framing.Dots());
    };
  }

  private static SmtpReply withoutRecipients(Transaction mail) {
    return mail.commands() == 0 ? SmtpReplies.RCPT_FIRST : SmtpReplies.NO_VALID_RECIPIENTS;
  }

  /** Whether so much is announced that its end is not waited for, whatever becomes of it. */
  boolean isEndless(SmtpCommand.Bdat chunk) {
    return chunk.octets() > core.settings.limits().sizes().messageReadBytes();
  }

  /** RFC 3030 §2. The octets of a chunk that is refused have been sent, and must go by. */
  List<SmtpStep> bdat(Ready ready, SmtpCommand.Bdat chunk) {
    var framing = new Framing.Chunk(chunk.octets(), chunk.last());
    return switch (ready) {
      case Connected _, Greeted _ -> skip(ready, chunk, SmtpReplies.MAIL_FIRST);
      case InMail(_, var mail) when mail.size() == 0 -> skip(ready, chunk, withoutRecipients(mail));
      case InMail(_, var mail) when isTooSmall(chunk, mail) ->
          core.close(SmtpReplies.TOO_MANY_CHUNKS);
      case InMail(var hello, var mail) -> openBody(hello, mail, framing);
      case InChunks(_, var mail, _) when isTooSmall(chunk, mail) ->
          core.close(SmtpReplies.TOO_MANY_CHUNKS);
      case InChunks(var hello, var mail, var trace) -> {
        core.state = new Receiving(hello, mail, trace, chunk.last());
        yield List.of(new SmtpStep.ReceiveBody(framing));
      }
    };
  }

  /** Whether it is one too many of its kind. */
  private boolean isTooSmall(SmtpCommand.Bdat chunk, Transaction mail) {
    return !chunk.last()
        && chunk.octets() < SmtpLimits.SMALL_CHUNK_OCTETS
        && mail.countSmallChunk() > core.settings.limits().counts().smallChunks();
  }

  List<SmtpStep> skip(Ready ready, SmtpCommand.Bdat chunk, SmtpReply reply) {
    core.state = new Skipping(ready, reply, 1);
    return List.of(new SmtpStep.SkipOctets(chunk.octets()));
  }

  private static boolean isLast(Framing framing) {
    return switch (framing) {
      case Framing.Dots _ -> true;
      case Framing.Chunk(_, boolean last) -> last;
    };
  }

  private List<SmtpStep> openBody(Hello hello, Transaction mail, Framing framing) {
    var submitted =
        core.offer.submission() ? Optional.of(core.clock.instant()) : Optional.<Instant>empty();
    var trace = reception(hello, mail).trace();
    core.state = new OpeningBody(hello, mail, trace, framing);
    return List.of(
        new SmtpStep.OpenBody(
            trace.lengthBytes(),
            mail.expectedBytes(),
            mail.isBinary(),
            submitted.map(now -> reception(hello, mail).missing(now, core.random))));
  }

  private Reception reception(Hello hello, Transaction mail) {
    return new Reception(core.settings.name(), core.offer.dialect(), core.client, hello, mail);
  }

  List<SmtpStep> bodyOpened() {
    var opening = core.as(OpeningBody.class);
    core.state =
        new Receiving(opening.hello(), opening.mail(), opening.trace(), isLast(opening.framing()));
    var receive = new SmtpStep.ReceiveBody(opening.framing());
    return switch (opening.framing()) {
      case Framing.Dots _ -> List.of(new SmtpStep.Send(SmtpReplies.START_MAIL), receive);
      case Framing.Chunk _ -> List.of(receive);
    };
  }

  List<SmtpStep> bodyUnavailable() {
    var opening = core.as(OpeningBody.class);
    var back = new Greeted(opening.hello());
    return switch (opening.framing()) {
      case Framing.Dots _ -> {
        core.state = back;
        yield core.send(SmtpReplies.NO_MEMORY);
      }
      case Framing.Chunk(long octets, boolean last) -> {
        int replies = last ? opening.mail().size() : 1;
        core.state = new Skipping(back, SmtpReplies.NO_MEMORY, replies);
        yield List.of(new SmtpStep.SkipOctets(octets));
      }
    };
  }

  List<SmtpStep> bodyEnded(BodyOutcome outcome) {
    var receiving = core.as(Receiving.class);
    return switch (outcome) {
      case BodyOutcome.Faulty(var fault) -> {
        core.state = new Greeted(receiving.hello());
        int replies = receiving.last() ? receiving.mail().size() : 1;
        yield ofAll(replies, core.error(SmtpReplies.of(fault)));
      }
      case BodyOutcome.More(long octets) -> {
        core.state = new InChunks(receiving.hello(), receiving.mail(), receiving.trace());
        var reply = SmtpReplies.OK.withText(octets + " octets received");
        // One that brings nothing brings no mail nearer.
        yield octets == 0 ? core.idle(reply) : core.send(reply);
      }
      case BodyOutcome.Complete(_, boolean eightBit) -> complete(receiving, eightBit);
    };
  }

  private List<SmtpStep> complete(Receiving receiving, boolean eightBit) {
    Transaction mail = receiving.mail();
    Instant now = core.clock.instant();
    QueueId id = QueueId.create(now, core.random);
    var steps = new ArrayList<SmtpStep>(1);
    mail.discards(id).forEach(event -> steps.add(new SmtpStep.Note(event)));
    if (mail.isDiscarded()) {
      core.state = new Greeted(receiving.hello());
      core.counts.mailTaken();
      steps.add(new SmtpStep.DropBody());
      steps.addAll(ofAll(mail.size(), core.send(queued(id))));
      return steps;
    }
    core.state = new Committing(receiving.hello(), id, mail.size());
    steps.add(
        new SmtpStep.Commit(
            id,
            reception(receiving.hello(), mail).envelope(eightBit),
            mail.targets(),
            receiving.trace().bytes(id, now),
            mail.isBinary(),
            mail.holdReason()));
    return steps;
  }

  /** The one place from which a mail becomes ours. */
  List<SmtpStep> committed(CommitOutcome outcome) {
    var committing = core.as(Committing.class);
    core.state = new Greeted(committing.hello());
    return ofAll(
        committing.recipients(),
        switch (outcome) {
          case CommitOutcome.Committed(var id) -> {
            core.counts.mailTaken();
            yield core.send(queued(id));
          }
          case CommitOutcome.NoSpace _ -> core.send(SmtpReplies.NO_SPACE);
          case CommitOutcome.NotSafe _ -> core.send(SmtpReplies.NOT_SAFE);
          case CommitOutcome.Refused(var status, var text) ->
              core.error(SmtpReply.of(550, status, text));
        });
  }

  List<SmtpStep> notConverted(BodyFault fault) {
    var committing = core.as(Committing.class);
    core.state = new Greeted(committing.hello());
    return ofAll(committing.recipients(), core.error(SmtpReplies.of(fault)));
  }

  /**
   * In LMTP the answer to a message is given for each accepted recipient (RFC 2033 §4.2). A mail is
   * committed for all of them or for none, so it is the same each time.
   */
  private List<SmtpStep> ofAll(int recipients, List<SmtpStep> answer) {
    if (!core.isLmtp() || core.state instanceof Closed) {
      return answer;
    }
    var steps = new ArrayList<SmtpStep>(answer);
    for (int i = 1; i < recipients; i++) {
      answer.stream().filter(SmtpStep.Send.class::isInstance).forEach(steps::add);
    }
    return steps;
  }

  private static SmtpReply queued(QueueId id) {
    return SmtpReplies.OK.withText(id + " queued");
  }

  List<SmtpStep> rset() {
    return switch (core.as(Ready.class)) {
      case Connected _, Greeted _ -> core.idle(SmtpReplies.RESET_OK);
      case InMail(var hello, _) -> leaveMail(hello, SmtpReplies.RESET_OK);
      case InChunks(var hello, _, _) -> leaveMail(hello, SmtpReplies.RESET_OK);
    };
  }

  /** The refused chunk has gone by. */
  List<SmtpStep> skipped() {
    var skipping = core.as(Skipping.class);
    core.state = skipping.back();
    return ofAll(skipping.replies(), core.error(skipping.reply()));
  }

  /** Forgets the mail that has begun, and what has come of it. */
  List<SmtpStep> leaveMail(Hello hello, SmtpReply reply) {
    boolean inChunks = core.state instanceof InChunks;
    core.state = new Greeted(hello);
    var steps = new ArrayList<SmtpStep>(2);
    if (inChunks) {
      steps.add(new SmtpStep.AbandonBody());
    }
    steps.addAll(core.idle(reply));
    return steps;
  }
}
