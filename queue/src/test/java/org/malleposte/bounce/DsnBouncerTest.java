package org.malleposte.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.link.NodeName;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router;
import org.malleposte.routing.RoutingDecision;
import org.malleposte.routing.Target;
import org.malleposte.schedule.Bouncer;
import org.malleposte.spool.SpoolEntry;

class DsnBouncerTest {
  private static final Random RANDOM = new Random(7);
  private static final QueueId ABOUT =
      QueueId.create(Instant.parse("2026-11-24T10:00:00Z"), RANDOM);
  private static final QueueId REPORT =
      QueueId.create(Instant.parse("2026-11-24T10:05:00Z"), RANDOM);
  private static final EmailAddress SENDER = EmailAddress.parse("sender@far.example");
  private static final EmailAddress GONE = EmailAddress.parse("gone@other.example");

  private record Committed(QueueId id, Envelope envelope, List<Target> targets, String message) {}

  private final AtomicReference<Committed> committed = new AtomicReference<>();
  private CommitRule.CommitOutcome outcome = new CommitRule.CommitOutcome.Committed(REPORT);
  private RoutingDecision decision =
      new RoutingDecision.Accept(List.of(new Target.Remote(SENDER, SENDER)), List.of());

  private final DsnBouncer bouncer =
      new DsnBouncer(
          new NodeName("mx1.example.org"),
          new OwnMailRouter(),
          new Rule(),
          () -> REPORT.time(),
          Runnable::run);

  private final class Rule implements CommitRule {
    @Override
    public CompletableFuture<CommitOutcome> commit(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body) {
      try {
        committed.set(
            new Committed(
                id, envelope, targets, new String(body.readAll(), StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public CompletableFuture<CommitOutcome> hold(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason) {
      throw new AssertionError("a report is not quarantined");
    }
  }

  private final class OwnMailRouter implements Router {
    @Override
    public Verdict onConnect(Peer peer) {
      throw new AssertionError("not asked");
    }

    @Override
    public Verdict onSender(Peer peer, ReversePath from) {
      throw new AssertionError("not asked");
    }

    @Override
    public RoutingDecision onRecipient(Peer peer, ReversePath from, EmailAddress recipient) {
      throw new AssertionError("not asked");
    }

    @Override
    public RoutingDecision ownMail(EmailAddress recipient) {
      return decision;
    }
  }

  private Bouncer.BounceOutcome bounce(ReversePath from) {
    return bounce(from, false, DsnRequest.NONE, Bouncer.Action.FAILED);
  }

  private Bouncer.BounceOutcome bounce(
      ReversePath from, boolean smtpUtf8, DsnRequest dsn, Bouncer.Action action) {
    var envelope =
        new Envelope(
            from,
            List.of(GONE),
            new Envelope.Client("192.0.2.1", "x", "ESMTP"),
            Envelope.BodyType.SEVEN_BIT,
            Optional.empty(),
            smtpUtf8,
            dsn);
    var body =
        new MessageBody.InMemory(
            "Subject: hello\r\nX-A: b\r\n\r\nsecret text\r\n".getBytes(StandardCharsets.US_ASCII));
    var entry =
        new SpoolEntry(ABOUT, envelope, List.of(), body.sizeBytes(), 3, Instant.EPOCH, false);
    var trouble =
        new Bouncer.Notice(
            new Target.Remote(GONE, GONE),
            action,
            new EnhancedStatus(5, 1, 1),
            "other.example said 550\r\nFrom: forged");
    return bouncer.tell(REPORT, entry, List.of(trouble), body).join();
  }

  @Test
  void reportsToTheSenderFromTheNullSender() {
    assertThat(bounce(ReversePath.of(SENDER))).isInstanceOf(Bouncer.BounceOutcome.Reported.class);
    var report = committed.get();
    assertThat(report.id()).isEqualTo(REPORT);
    assertThat(report.envelope().from()).isEqualTo(ReversePath.NULL);
    assertThat(report.targets()).containsExactly(new Target.Remote(SENDER, SENDER));
    assertThat(report.message())
        .contains("To: <sender@far.example>\r\n")
        .contains("multipart/report; report-type=delivery-status")
        .contains(
            "Final-Recipient: rfc822; gone@other.example\r\nAction: failed\r\nStatus: 5.1.1\r\n")
        .contains("Date: Tue, 24 Nov 2026 10:05:00 +0000")
        .contains("Subject: hello\r\nX-A: b\r\n")
        .doesNotContain("secret text")
        .doesNotContain("\r\nFrom: forged");
    assertThat(report.message().replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
  }

  @Test
  void whatTheSenderAskedForIsInTheReport() {
    var wishes =
        new DsnRequest.OfRecipient(Optional.empty(), Optional.of("rfc822;first+2Btag@x.example"));
    var full =
        new DsnRequest(DsnRequest.Returned.FULL, Optional.of("QQ+2B1"), Map.of(GONE, wishes));
    bounce(ReversePath.of(SENDER), false, full, Bouncer.Action.FAILED);
    assertThat(committed.get().message())
        .contains("Original-Envelope-Id: QQ+1\r\n")
        .contains("Original-Recipient: rfc822; first+tag@x.example\r\n")
        .contains("Content-Type: message/rfc822\r\n")
        .contains("secret text");
    assertThat(committed.get().envelope().dsn().notifyOf(SENDER))
        .isEqualTo(DsnRequest.Notify.NEVER);

    bounce(ReversePath.of(SENDER), true, full, Bouncer.Action.DELIVERED);
    assertThat(committed.get().message())
        .contains("Subject: Your mail has been delivered\r\n")
        .contains("Action: delivered\r\n")
        .contains("Content-Type: message/global-delivery-status\r\n")
        .contains("Content-Type: message/global-headers\r\n")
        .doesNotContain("secret text");
    assertThat(committed.get().envelope().smtpUtf8()).isTrue();
  }

  @Test
  void aReportNeverCausesAnother() {
    assertThat(bounce(ReversePath.NULL)).isInstanceOf(Bouncer.BounceOutcome.NobodyToTell.class);
    assertThat(committed.get()).isNull();
  }

  @Test
  void asksAgainWhenTheReportIsNotSafe() {
    outcome = new CommitRule.CommitOutcome.NotSafe("x");
    assertThat(bounce(ReversePath.of(SENDER))).isInstanceOf(Bouncer.BounceOutcome.Later.class);
    decision =
        new RoutingDecision.Refuse(451, new EnhancedStatus(4, 3, 2), "no tables yet", List.of());
    assertThat(bounce(ReversePath.of(SENDER))).isInstanceOf(Bouncer.BounceOutcome.Later.class);
    decision = new RoutingDecision.Refuse(550, new EnhancedStatus(5, 1, 1), "unknown", List.of());
    assertThat(bounce(ReversePath.of(SENDER)))
        .isInstanceOf(Bouncer.BounceOutcome.NobodyToTell.class);
  }
}
