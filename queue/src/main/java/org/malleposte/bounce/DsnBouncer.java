package org.malleposte.bounce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.link.NodeName;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.mail.Xtext;
import org.malleposte.routing.Router;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.Target;
import org.malleposte.schedule.Bouncer;
import org.malleposte.spool.SpoolEntry;

/**
 * Writes reports and commits them as mails of our own, from the null sender, so that a report never
 * causes another (RFC 5321 §4.5.5). Thread-safe.
 */
public final class DsnBouncer implements Bouncer {
  private final NodeName self;
  private final Router router;
  private final CommitRule commitRule;
  private final InstantSource clock;
  private final Executor blocking;

  /**
   * @param blocking runs what reads bodies from disk
   */
  public DsnBouncer(
      NodeName self, Router router, CommitRule commitRule, InstantSource clock, Executor blocking) {
    this.self = self;
    this.router = router;
    this.commitRule = commitRule;
    this.clock = clock;
    this.blocking = blocking;
  }

  @Override
  public CompletableFuture<BounceOutcome> tell(
      QueueId report, SpoolEntry entry, List<Notice> notices, MessageBody body) {
    Optional<EmailAddress> sender = entry.envelope().from().address();
    if (sender.isEmpty()) {
      return ended(new BounceOutcome.NobodyToTell("null sender"));
    }
    return switch (router.ownMail(sender.get())) {
      case RoutingDecision.Accept(var targets, _) ->
          send(report, entry, notices, body, sender.get(), targets);
      case RoutingDecision.Refuse refuse when refuse.code() < 500 ->
          ended(new BounceOutcome.Later(refuse.text()));
      case RoutingDecision.Refuse refuse -> ended(new BounceOutcome.NobodyToTell(refuse.text()));
      case RoutingDecision.Quarantine _ ->
          ended(new BounceOutcome.NobodyToTell("quarantined by the tables"));
      case RoutingDecision.Discard _, RoutingDecision.DiscardMail _ ->
          ended(new BounceOutcome.NobodyToTell("discarded by the tables"));
    };
  }

  private CompletableFuture<BounceOutcome> send(
      QueueId report,
      SpoolEntry entry,
      List<Notice> notices,
      MessageBody body,
      EmailAddress to,
      List<Target> targets) {
    return CompletableFuture.supplyAsync(() -> write(report, entry, notices, body, to), blocking)
        .thenCompose(
            message ->
                commitRule.commit(
                    report,
                    envelope(to, entry.envelope().smtpUtf8()),
                    targets,
                    new MessageBody.InMemory(message)))
        .thenApply(
            outcome ->
                switch (outcome) {
                  case CommitOutcome.Committed _ -> (BounceOutcome) new BounceOutcome.Reported();
                  case CommitOutcome.Refused(_, var text) -> new BounceOutcome.NobodyToTell(text);
                  case CommitOutcome.NoSpace(var detail) -> new BounceOutcome.Later(detail);
                  case CommitOutcome.NotSafe(var detail) -> new BounceOutcome.Later(detail);
                })
        .exceptionally(failure -> new BounceOutcome.Later(String.valueOf(failure.getMessage())));
  }

  private byte[] write(
      QueueId report, SpoolEntry entry, List<Notice> notices, MessageBody body, EmailAddress to) {
    var dsn = entry.envelope().dsn();
    var recipients = notices.stream().map(notice -> recipient(notice, dsn)).toList();
    return DsnWriter.write(
        new DsnMessage(
            report,
            self.value(),
            to,
            entry.id(),
            dsn.envelopeId().map(Xtext::decode),
            entry.acceptedAt(),
            clock.instant(),
            recipients,
            returned(entry, notices, body),
            entry.envelope().smtpUtf8()));
  }

  /** What of the mail goes back: all of it only when it has failed and the sender asked for it. */
  private static DsnMessage.Returned returned(
      SpoolEntry entry, List<Notice> notices, MessageBody body) {
    boolean failed = notices.stream().anyMatch(notice -> notice.action() == Action.FAILED);
    boolean full =
        failed
            && entry.envelope().dsn().returned() == DsnRequest.Returned.FULL
            && body.sizeBytes() <= DsnWriter.MAX_RETURNED_BYTES;
    try {
      return full
          ? new DsnMessage.Returned.Mail(body.readAll())
          : new DsnMessage.Returned.Header(HeaderReader.read(body, DsnWriter.MAX_HEADER_BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DsnMessage.Recipient recipient(Notice notice, DsnRequest dsn) {
    var original = notice.target().original();
    var finalAddress =
        switch (notice.target()) {
          // The name of the account is ours alone: outside it is the address.
          case Target.Local _ -> original;
          case Target.Remote(var address, _, _) -> address;
        };
    return new DsnMessage.Recipient(
        original,
        dsn.of(original).original(),
        finalAddress,
        notice.action(),
        notice.status(),
        notice.text());
  }

  private Envelope envelope(EmailAddress to, boolean smtpUtf8) {
    return new Envelope(
        ReversePath.NULL,
        List.of(to),
        new Envelope.Client("127.0.0.1", self.value(), "ESMTP"),
        Envelope.BodyType.EIGHT_BIT_MIME,
        Optional.empty(),
        smtpUtf8,
        notReported(to));
  }

  // RFC 3461 §6.2: a report of a report is asked of no one.
  private static DsnRequest notReported(EmailAddress to) {
    var never = new DsnRequest.OfRecipient(Optional.of(DsnRequest.Notify.NEVER), Optional.empty());
    return new DsnRequest(DsnRequest.Returned.UNSAID, Optional.empty(), Map.of(to, never));
  }

  private static CompletableFuture<BounceOutcome> ended(BounceOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
