package org.malleposte.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.id;
import static org.malleposte.spool.Mails.local;
import static org.malleposte.spool.Mails.record;
import static org.malleposte.spool.Mails.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.schedule.Bouncer.Action;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Warning;

class ProgressTest {
  private static final EnhancedStatus BUSY = new EnhancedStatus(4, 3, 2);
  private static final EnhancedStatus GONE = new EnhancedStatus(5, 1, 1);
  private static final Target ALICE = local("alice");
  private static final Target BOB = remote("bob@far.test");
  private static final String FAILED_BOB = ReportId.line(Action.FAILED, BOB);
  private SpoolRecord record = record(id(1), 10, ALICE, BOB);
  private final Instant accepted = record.entry().acceptedAt();

  private SpoolRecord after(Duration age, Map<Target, DeliveryOutcome> outcomes, Set<Target> away) {
    return new Progress(
            outcomes, away, accepted.plus(age), Duration.ofMinutes(5), RetryPolicy.DEFAULT)
        .applyTo(record);
  }

  /** The id of the report that says this. */
  private QueueId report(Duration age, String... lines) {
    return ReportId.of(
        record.entry(), List.of(lines), accepted.plus(age), RetryPolicy.DEFAULT.lifetime());
  }

  private static State state(SpoolRecord record, Target target) {
    return record.entry().deliveries().stream()
        .filter(d -> d.target().equals(target))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Test
  void deliveredAndDeferred() {
    var after =
        after(
            Duration.ofMinutes(1),
            Map.of(
                ALICE, new DeliveryOutcome.Delivered("ok", DeliveryOutcome.Reach.MAILBOX),
                BOB, new DeliveryOutcome.Deferred(BUSY, "later")),
            Set.of());
    assertThat(state(after, ALICE)).isEqualTo(new State.Delivered());
    assertThat(state(after, BOB)).isEqualTo(new State.Pending("later"));
    assertThat(after.entry().attempts()).isEqualTo(1);
    assertThat(after.entry().nextAttempt()).isEqualTo(accepted.plus(Duration.ofMinutes(6)));
    assertThat(after.entry().isDone()).isFalse();
    assertThat(after.warning()).isEqualTo(new Warning.NotYet());
  }

  @Test
  void failedIsToBeReportedBeforeItIsDone() {
    var after =
        after(
            Duration.ofMinutes(1),
            Map.of(
                ALICE, new DeliveryOutcome.Delivered("ok", DeliveryOutcome.Reach.MAILBOX),
                BOB, new DeliveryOutcome.Failed(GONE, "no")),
            Set.of());
    assertThat(state(after, BOB))
        .isEqualTo(new State.Bouncing(GONE, "no", report(Duration.ofMinutes(1), FAILED_BOB)));
    assertThat(after.entry().isDone()).isFalse();
    assertThat(after.entry().pending()).isEmpty();
  }

  @Test
  void aDeliveryThatTheSenderWantsConfirmedIsToBeReported() {
    var wanted =
        new DsnRequest.OfRecipient(
            Optional.of(new DsnRequest.Notify(true, true, true)), Optional.empty());
    var wishes =
        new DsnRequest(
            DsnRequest.Returned.UNSAID,
            Optional.empty(),
            Map.of(ALICE.original(), wanted, BOB.original(), wanted));
    var entry = record.entry();
    record = record.withEntry(entry.withEnvelope(entry.envelope().with(false, wishes)));
    var after =
        after(
            Duration.ofMinutes(1),
            Map.of(
                ALICE, new DeliveryOutcome.Delivered("ok", DeliveryOutcome.Reach.MAILBOX),
                BOB, new DeliveryOutcome.Delivered("ok", DeliveryOutcome.Reach.OTHER_HOST)),
            Set.of());
    var report =
        report(
            Duration.ofMinutes(1),
            ReportId.line(Action.DELIVERED, BOB),
            ReportId.line(Action.DELIVERED, ALICE));
    assertThat(state(after, ALICE)).isEqualTo(new State.Confirming(false, "ok", report));
    assertThat(state(after, BOB)).isEqualTo(new State.Confirming(true, "ok", report));
    assertThat(after.entry().isDone()).isFalse();
    var passedOn =
        after(
            Duration.ofMinutes(1),
            Map.of(BOB, new DeliveryOutcome.Delivered("ok", DeliveryOutcome.Reach.REPORTING_HOST)),
            Set.of());
    assertThat(state(passedOn, BOB)).isEqualTo(new State.Delivered());
  }

  /** An adopter tries later, and says the same; what says something else is another report. */
  @Test
  void aReportIsNamedByWhatItSays() {
    var failed = report(Duration.ofMinutes(1), FAILED_BOB);
    assertThat(report(Duration.ofHours(29), FAILED_BOB)).isEqualTo(failed);
    assertThat(report(Duration.ofMinutes(1), ReportId.line(Action.FAILED, ALICE), FAILED_BOB))
        .isNotEqualTo(failed);
    assertThat(report(Duration.ofMinutes(1), ReportId.line(Action.DELIVERED, BOB)))
        .isNotEqualTo(failed);
    assertThat(failed).isNotEqualTo(record.id());
  }

  /** Its own lifetime runs from the time in its id. */
  @Test
  void aReportIsNotBornExpired() {
    assertThat(report(Duration.ofMinutes(1), FAILED_BOB).time()).isEqualTo(accepted);
    assertThat(report(Duration.ofDays(5), FAILED_BOB).time())
        .isEqualTo(accepted.plus(Duration.ofDays(5)));
    assertThat(report(Duration.ofDays(5).minusMillis(1), FAILED_BOB).time())
        .isEqualTo(accepted.plus(Duration.ofHours(90)));
  }

  @Test
  void aShardThatIsAwayIsNoAttempt() {
    var after =
        after(
            Duration.ofMinutes(1),
            Map.of(ALICE, new DeliveryOutcome.Deferred(BUSY, "away")),
            Set.of(ALICE));
    assertThat(after.entry().attempts()).isZero();
    assertThat(after.entry().nextAttempt()).isEqualTo(record.entry().nextAttempt());
    assertThat(state(after, ALICE)).isEqualTo(new State.Pending("away"));
  }

  @Test
  void aDeferralAfterTheLifetimeIsTheLast() {
    Map<Target, DeliveryOutcome> outcomes =
        Map.of(BOB, new DeliveryOutcome.Deferred(BUSY, "later"));
    assertThat(state(after(Duration.ofDays(5).minusMillis(1), outcomes, Set.of()), BOB))
        .isEqualTo(new State.Pending("later"));
    assertThat(state(after(Duration.ofDays(5), outcomes, Set.of()), BOB))
        .isEqualTo(
            new State.Bouncing(Progress.EXPIRED, "later", report(Duration.ofDays(5), FAILED_BOB)));
  }

  @Test
  void theWarningComesOnceAndNeverUnderTheIdOfABounce() {
    Map<Target, DeliveryOutcome> later = Map.of(BOB, new DeliveryOutcome.Deferred(BUSY, "later"));
    assertThat(after(Duration.ofHours(4), later, Set.of()).warning())
        .isEqualTo(new Warning.Due(report(Duration.ofHours(4), "DELAYED")));
    var failed =
        after(
            Duration.ofHours(4),
            Map.of(ALICE, new DeliveryOutcome.Failed(GONE, "no"), BOB, later.get(BOB)),
            Set.of());
    assertThat(failed.warning()).isEqualTo(new Warning.NotYet());
  }

  @Test
  void whatAnotherHostSaysIsBounded() {
    var after =
        after(
            Duration.ZERO,
            Map.of(BOB, new DeliveryOutcome.Deferred(BUSY, "x".repeat(100_000))),
            Set.of());
    assertThat(((State.Pending) state(after, BOB)).lastError()).hasSize(1000);
  }
}
