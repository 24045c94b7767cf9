package org.malleposte.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.handover.ResumeGate;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.schedule.Attempt.Plan;
import org.malleposte.spool.Brief;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Warning;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers entries from this node: reads an entry, tries those of its targets that may be tried,
 * keeps what came of it, and puts it back into the line. Belongs to the scheduler's serial
 * executor.
 */
final class Deliveries {
  /** The store remembers what was delivered for 30 days: an older mail might be doubled. */
  private static final Duration TOO_OLD = Duration.ofDays(28);

  /** Who waits for others' mails to a destination to end looks again by itself after this. */
  private static final Duration BUSY_PATIENCE = Duration.ofMinutes(5);

  private static final EnhancedStatus NO_ANSWER = new EnhancedStatus(4, 4, 1);
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

  /** Where entries go back to. */
  interface Line {
    /** By what it is now. */
    void back(QueueId id);

    /** It is due at {@code at}, if it still waits for delivery from here. */
    void backAt(QueueId id, Instant at);

    /** It waits for any of these, at most until {@code until}. */
    void backFor(QueueId id, List<String> destinations, Instant until);

    /** There may be room for others now. */
    void step();
  }

  private final Spool spool;
  private final Attempt attempt;
  private final ResumeGate gate;
  private final RetryPolicy policy;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final MailLog log;
  private final Executor blocking;
  private final Executor serial;
  private final Line line;
  private final Set<QueueId> hurried = new HashSet<>();
  private int running;

  Deliveries(
      Spool spool,
      Attempt attempt,
      ResumeGate gate,
      RetryPolicy policy,
      InstantSource clock,
      RandomGenerator random,
      MailLog log,
      Executor blocking,
      Executor serial,
      Line line) {
    this.spool = spool;
    this.attempt = attempt;
    this.gate = gate;
    this.policy = policy;
    this.clock = clock;
    this.random = random;
    this.log = log;
    this.blocking = blocking;
    this.serial = serial;
    this.line = line;
  }

  /** Entries in hand. */
  int running() {
    return running;
  }

  /** Its next attempt does not wait for its time. */
  void hurry(QueueId id) {
    hurried.add(id);
  }

  /** It is gone. */
  void forget(QueueId id) {
    hurried.remove(id);
  }

  private record Loaded(SpoolRecord record, MessageBody body) {}

  void begin(QueueId id) {
    running++;
    Futures.call(blocking, () -> spool.read(id).map(r -> new Loaded(r, spool.body(id))))
        .whenCompleteAsync((loaded, e) -> loaded(id, loaded, e), serial);
  }

  private void loaded(QueueId id, Optional<Loaded> loaded, Throwable failure) {
    if (failure != null) {
      troubled(id, failure);
    } else if (loaded.isEmpty()) {
      back(id);
    } else {
      attempt(loaded.get().record(), loaded.get().body());
    }
    line.step();
  }

  private void troubled(QueueId id, Throwable failure) {
    LOG.error("{}", id, Futures.cause(failure));
    running--;
    line.backAt(id, clock.instant().plus(DeliveryScheduler.AFTER_TROUBLE));
  }

  private void back(QueueId id) {
    running--;
    line.back(id);
  }

  private void attempt(SpoolRecord record, MessageBody body) {
    var entry = record.entry();
    var brief = spool.brief(entry.id());
    if (entry.held() || brief.isEmpty()) {
      back(entry.id());
      return;
    }
    var now = clock.instant();
    if (!now.isBefore(entry.acceptedAt().plus(TOO_OLD))) {
      var tooOld = new DeliveryOutcome.Failed(Progress.EXPIRED, "older than the store's memory");
      settle(record, progress(entry.attempts()).with(entry.pending(), tooOld), List.of());
      return;
    }
    var targets = triable(record, brief.get(), now);
    if (targets.isEmpty()) {
      running--;
      line.backAt(entry.id(), entry.nextAttempt());
      return;
    }
    var started = attempt.start(entry, targets, body);
    switch (started.plan()) {
      case Plan.Go _ -> {
        hurried.remove(entry.id());
        started.ended().whenCompleteAsync((ended, e) -> attempted(record, ended, e), serial);
      }
      case Plan.Park(var destinations, var down) -> park(record, targets, destinations, down, now);
    }
  }

  // Local targets go whenever their shard does; remote ones keep their distance.
  private List<Target> triable(SpoolRecord record, Brief brief, Instant now) {
    boolean due = !record.entry().nextAttempt().isAfter(now) || hurried.contains(record.id());
    boolean remoteToo = due && gate.isOpen(record.id(), brief);
    return record.entry().pending().stream()
        .filter(t -> t instanceof Target.Local || remoteToo)
        .toList();
  }

  private void park(
      SpoolRecord record, List<Target> targets, List<String> names, boolean down, Instant now) {
    if (down && !now.isBefore(deadline(record))) {
      // It would wait for a destination that only one mail tries, and outlive its time or warning.
      var noAnswer = new DeliveryOutcome.Deferred(NO_ANSWER, "destination does not answer");
      settle(record, progress(record.entry().attempts()).with(targets, noAnswer), List.of());
      return;
    }
    running--;
    var until = nextLook(record, now);
    var busyUntil = now.plus(BUSY_PATIENCE);
    line.backFor(record.id(), names, !down && busyUntil.isBefore(until) ? busyUntil : until);
  }

  /** When an entry that waits for a destination is looked at in any case. */
  private Instant nextLook(SpoolRecord record, Instant now) {
    var deadline = deadline(record);
    var next = record.entry().nextAttempt();
    return next.isAfter(now) && next.isBefore(deadline) ? next : deadline;
  }

  /** When a mail that is not delivered until then is warned of, or given up. */
  private Instant deadline(SpoolRecord record) {
    var accepted = record.entry().acceptedAt();
    return switch (record.warning()) {
      case Warning.NotYet _ -> accepted.plus(policy.warnAfter());
      case Warning.Due _, Warning.Given _ -> accepted.plus(policy.lifetime());
    };
  }

  private Progress progress(int attempts) {
    return progress(Map.of(), Set.of(), attempts);
  }

  /** What becomes of an entry after these outcomes, now. */
  Progress progress(Map<Target, DeliveryOutcome> outcomes, Set<Target> away, int attempts) {
    var now = clock.instant();
    return new Progress(outcomes, away, now, policy.delay(attempts + 1, random), policy);
  }

  private void attempted(SpoolRecord record, Attempt.Ended ended, Throwable failure) {
    if (failure != null) {
      troubled(record.id(), failure);
    } else {
      logOutcomes(record, ended.outcomes());
      var progress = progress(ended.outcomes(), ended.away(), record.entry().attempts());
      settle(record, progress, ended.awayLanes());
    }
    line.step();
  }

  private void logOutcomes(SpoolRecord record, Map<Target, DeliveryOutcome> outcomes) {
    outcomes.forEach(
        (target, outcome) -> {
          if (outcome instanceof DeliveryOutcome.Deferred(var status, var text)) {
            log.on(
                new MailEvent.Deferred(
                    record.id(), Reports.name(target), status + " " + Progress.bounded(text)));
          }
        });
  }

  private void settle(SpoolRecord record, Progress progress, List<String> awayLanes) {
    var id = record.id();
    var after = progress.applyTo(record);
    CompletableFuture<?> kept;
    if (after.entry().isDone()) {
      kept = spool.finish(List.of(id));
    } else if (after.equals(record)) {
      kept = CompletableFuture.completedFuture(null); // a shard that is still away is no news
    } else {
      kept = spool.update(id, progress::applyTo);
    }
    kept.whenCompleteAsync((_, failure) -> settled(id, after, awayLanes, failure), serial);
  }

  private void settled(QueueId id, SpoolRecord after, List<String> awayLanes, Throwable failure) {
    if (failure != null) {
      troubled(id, failure);
    } else if (after.entry().isDone()) {
      log.on(new MailEvent.Finished(id));
      back(id);
    } else if (awayLanes.isEmpty()) {
      back(id);
    } else {
      // It would only find out again that the shard is away.
      running--;
      line.backFor(id, awayLanes, nextLook(after, clock.instant()));
    }
    line.step();
  }
}
