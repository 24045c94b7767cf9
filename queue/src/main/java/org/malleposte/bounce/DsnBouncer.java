package org.malleposte.bounce;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.link.NodeName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
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
  public CompletableFuture<BounceOutcome> failed(
      QueueId report, SpoolEntry entry, List<Trouble> troubles, MessageBody body) {
    return tell(DsnMessage.Action.FAILED, report, entry, troubles, body);
  }

  @Override
  public CompletableFuture<BounceOutcome> delayed(
      QueueId report, SpoolEntry entry, List<Trouble> troubles, MessageBody body) {
    return tell(DsnMessage.Action.DELAYED, report, entry, troubles, body);
  }

  private CompletableFuture<BounceOutcome> tell(
      DsnMessage.Action action,
      QueueId report,
      SpoolEntry entry,
      List<Trouble> troubles,
      MessageBody body) {
    Optional<EmailAddress> sender = entry.envelope().from().address();
    if (sender.isEmpty()) {
      return ended(new BounceOutcome.NobodyToTell("null sender"));
    }
    return switch (router.ownMail(sender.get())) {
      case RoutingDecision.Accept(var targets, _) ->
          send(action, report, entry, troubles, body, sender.get(), targets);
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
      DsnMessage.Action action,
      QueueId report,
      SpoolEntry entry,
      List<Trouble> troubles,
      MessageBody body,
      EmailAddress to,
      List<Target> targets) {
    return CompletableFuture.supplyAsync(
            () -> write(action, report, entry, troubles, body, to), blocking)
        .thenCompose(
            message ->
                commitRule.commit(report, envelope(to), targets, new MessageBody.InMemory(message)))
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
      DsnMessage.Action action,
      QueueId report,
      SpoolEntry entry,
      List<Trouble> troubles,
      MessageBody body,
      EmailAddress to) {
    byte[] headers;
    try {
      headers = HeaderReader.read(body, DsnWriter.MAX_HEADER_BYTES);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    var recipients = troubles.stream().map(DsnBouncer::recipient).toList();
    return DsnWriter.write(
        new DsnMessage(
            report,
            self.value(),
            to,
            action,
            entry.id(),
            entry.acceptedAt(),
            clock.instant(),
            recipients,
            headers));
  }

  private static DsnMessage.Recipient recipient(Trouble trouble) {
    return switch (trouble.target()) {
      // The name of the account is ours alone: outside it is the address.
      case Target.Local(_, var original) ->
          new DsnMessage.Recipient(original, original, trouble.status(), trouble.text());
      case Target.Remote(var address, var original) ->
          new DsnMessage.Recipient(original, address, trouble.status(), trouble.text());
    };
  }

  private Envelope envelope(EmailAddress to) {
    return new Envelope(
        ReversePath.NULL,
        List.of(to),
        new Envelope.Client("127.0.0.1", self.value(), "ESMTP"),
        Envelope.BodyType.EIGHT_BIT_MIME,
        Optional.empty());
  }

  private static CompletableFuture<BounceOutcome> ended(BounceOutcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
