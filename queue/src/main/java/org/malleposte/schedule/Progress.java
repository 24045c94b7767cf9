package org.malleposte.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.delivery.DeliveryOutcome.Reach;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.schedule.Bouncer.Action;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Warning;

/**
 * What an attempt makes of an entry. A pure function of what is known when it ends, so that it can
 * be applied to the entry as it is then.
 *
 * @param outcomes of the targets that were tried
 * @param away those whose shard did not answer: no fault of the mail, and no attempt that counts
 * @param now when the attempt ended
 * @param delay until the next one
 */
record Progress(
    Map<Target, DeliveryOutcome> outcomes,
    Set<Target> away,
    Instant now,
    Duration delay,
    RetryPolicy policy) {
  /** Delivery time expired (RFC 3463 §3.5). */
  static final EnhancedStatus EXPIRED = new EnhancedStatus(5, 4, 7);

  /** What another host says is kept so far. */
  private static final int MAX_TEXT_CHARACTERS = 1000;

  Progress {
    outcomes = Map.copyOf(outcomes);
    away = Set.copyOf(away);
  }

  /** The same, with one outcome for all of {@code targets}. */
  Progress with(List<Target> targets, DeliveryOutcome outcome) {
    var all = new HashMap<Target, DeliveryOutcome>();
    targets.forEach(target -> all.put(target, outcome));
    return new Progress(all, away, now, delay, policy);
  }

  SpoolRecord applyTo(SpoolRecord record) {
    var entry = record.entry();
    // To the sender, should one be due; the ids of those to others follow from it.
    var report = ReportId.of(entry, settled(entry), now, policy.lifetime());
    var deliveries = entry.deliveries().stream().map(d -> after(entry, d, report)).toList();
    boolean counts = !away.containsAll(outcomes.keySet());
    var changed =
        new SpoolEntry(
            entry.id(),
            entry.envelope(),
            deliveries,
            entry.sizeBytes(),
            entry.attempts() + (counts ? 1 : 0),
            counts ? now.plus(delay) : entry.nextAttempt(),
            entry.held());
    return record.withEntry(changed).withWarning(warning(record, changed, report));
  }

  /** What is to be reported after this attempt. */
  private List<String> settled(SpoolEntry entry) {
    var lines = new ArrayList<String>();
    for (var delivery : entry.deliveries()) {
      var target = delivery.target();
      var outcome = outcomes.get(target);
      if (outcome == null || !(delivery.state() instanceof State.Pending)) {
        continue;
      }
      switch (outcome) {
        case DeliveryOutcome.Delivered delivered when isConfirmed(entry, target, delivered) ->
            lines.add(ReportId.line(Action.DELIVERED, target));
        case DeliveryOutcome.Deferred _ when isExpired(entry) ->
            lines.add(ReportId.line(Action.FAILED, target));
        case DeliveryOutcome.Failed _ -> lines.add(ReportId.line(Action.FAILED, target));
        case DeliveryOutcome.Delivered _, DeliveryOutcome.Deferred _ -> {}
      }
    }
    return lines;
  }

  private Delivery after(SpoolEntry entry, Delivery delivery, QueueId report) {
    var outcome = outcomes.get(delivery.target());
    if (outcome == null || !(delivery.state() instanceof State.Pending)) {
      return delivery;
    }
    return new Delivery(
        delivery.target(),
        switch (outcome) {
          case DeliveryOutcome.Delivered delivered ->
              delivered(entry, delivery.target(), delivered, report);
          case DeliveryOutcome.Deferred(_, var text) when isExpired(entry) ->
              new State.Bouncing(EXPIRED, bounded(text), failureReport(delivery.target(), report));
          case DeliveryOutcome.Deferred(_, var text) -> new State.Pending(bounded(text));
          case DeliveryOutcome.Failed(var status, var text) ->
              new State.Bouncing(status, bounded(text), failureReport(delivery.target(), report));
        });
  }

  /** The owner of a mailing list hears of its members, in a report of his own. */
  private static QueueId failureReport(Target target, QueueId report) {
    return Reports.idFor(report, target.owner());
  }

  private static boolean isConfirmed(
      SpoolEntry entry, Target target, DeliveryOutcome.Delivered outcome) {
    boolean wanted = entry.envelope().dsn().notifyOf(target.original()).success();
    // Behind a list nobody else reports to the first sender.
    boolean ours = target.owner().isPresent() || outcome.reach() != Reach.REPORTING_HOST;
    return wanted && ours;
  }

  private static State delivered(
      SpoolEntry entry, Target target, DeliveryOutcome.Delivered outcome, QueueId report) {
    return isConfirmed(entry, target, outcome)
        ? new State.Confirming(
            outcome.reach() == Reach.OTHER_HOST, bounded(outcome.detail()), report)
        : new State.Delivered();
  }

  private boolean isExpired(SpoolEntry entry) {
    return !now.isBefore(entry.acceptedAt().plus(policy.lifetime()));
  }

  private Warning warning(SpoolRecord record, SpoolEntry changed, QueueId report) {
    return switch (record.warning()) {
      case Warning.NotYet _ when isLate(changed, report) ->
          new Warning.Due(
              ReportId.of(changed, List.of(Action.DELAYED.name()), now, policy.lifetime()));
      case Warning.NotYet notYet -> notYet;
      case Warning.Due due -> due;
      case Warning.Given given -> given;
    };
  }

  // Where a report is due now the warning comes with the next attempt.
  private boolean isLate(SpoolEntry entry, QueueId report) {
    return !entry.pending().isEmpty()
        && entry.deliveries().stream().noneMatch(d -> isReportedNow(d, report))
        && !now.isBefore(entry.acceptedAt().plus(policy.warnAfter()));
  }

  private static boolean isReportedNow(Delivery delivery, QueueId report) {
    return switch (delivery.state()) {
      case State.Bouncing(_, _, var id) -> id.equals(failureReport(delivery.target(), report));
      case State.Confirming(_, _, var id) -> id.equals(report);
      case State.Pending _, State.Delivered _, State.Failed _ -> false;
    };
  }

  static String bounded(String text) {
    return text.length() <= MAX_TEXT_CHARACTERS ? text : text.substring(0, MAX_TEXT_CHARACTERS);
  }
}
