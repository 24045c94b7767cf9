package org.malleposte.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.schedule.Bouncer.BounceOutcome;
import org.malleposte.schedule.Bouncer.Trouble;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Warning;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;

/**
 * Makes the reports that an entry owes its sender, and notes in the entry that they are committed.
 * A crash in between asks for the same report under the same id again. Thread-safe.
 */
final class Reports {
  private static final EnhancedStatus DELAYED = new EnhancedStatus(4, 4, 7);

  private final Spool spool;
  private final Bouncer bouncer;
  private final MailLog log;
  private final Executor blocking;

  Reports(Spool spool, Bouncer bouncer, MailLog log, Executor blocking) {
    this.spool = spool;
    this.bouncer = bouncer;
    this.log = log;
    this.blocking = blocking;
  }

  private record Loaded(SpoolRecord record, MessageBody body) {}

  /**
   * Makes those that are due.
   *
   * @return whether all are made; fails when the disk does
   */
  CompletableFuture<Boolean> make(QueueId id) {
    return Futures.call(blocking, () -> spool.read(id).map(r -> new Loaded(r, spool.body(id))))
        .thenCompose(
            loaded ->
                loaded.map(this::make).orElseGet(() -> CompletableFuture.completedFuture(true)));
  }

  private CompletableFuture<Boolean> make(Loaded loaded) {
    var parts = new ArrayList<CompletableFuture<Boolean>>();
    troubles(loaded.record().entry())
        .forEach((report, troubles) -> parts.add(bounce(loaded, report, troubles)));
    if (loaded.record().warning() instanceof Warning.Due(var report)) {
      parts.add(warn(loaded, report));
    }
    return Futures.all(parts).thenApply(made -> !made.contains(false));
  }

  private static Map<QueueId, List<Trouble>> troubles(SpoolEntry entry) {
    var byReport = new LinkedHashMap<QueueId, List<Trouble>>();
    for (var delivery : entry.deliveries()) {
      if (delivery.state() instanceof State.Bouncing(var status, var text, var report)) {
        byReport
            .computeIfAbsent(report, _ -> new ArrayList<>())
            .add(new Trouble(delivery.target(), status, text));
      }
    }
    return byReport;
  }

  private CompletableFuture<Boolean> bounce(Loaded loaded, QueueId report, List<Trouble> troubles) {
    var id = loaded.record().id();
    return bouncer
        .failed(report, loaded.record().entry(), troubles, loaded.body())
        .thenCompose(
            outcome ->
                reportOf(outcome, report)
                    .map(
                        name -> {
                          troubles.forEach(t -> logBounced(id, t, name));
                          return spool
                              .update(id, r -> r.withEntry(told(r.entry(), report)))
                              .thenApply(_ -> true);
                        })
                    .orElseGet(() -> CompletableFuture.completedFuture(false)));
  }

  /** What the log calls the report, once nothing more is to be done about it. */
  private static Optional<String> reportOf(BounceOutcome outcome, QueueId report) {
    return switch (outcome) {
      case BounceOutcome.Reported _ -> Optional.of(report.value());
      case BounceOutcome.NobodyToTell _ -> Optional.of("none");
      case BounceOutcome.Later _ -> Optional.empty();
    };
  }

  private void logBounced(QueueId id, Trouble trouble, String report) {
    log.on(
        new MailEvent.Bounced(
            id, name(trouble.target()), trouble.status() + " " + trouble.text(), report));
  }

  static String name(Target target) {
    return switch (target) {
      case Target.Local(var account, _) -> account.value();
      case Target.Remote(var address, _) -> address.toString();
    };
  }

  private static SpoolEntry told(SpoolEntry entry, QueueId report) {
    var deliveries =
        entry.deliveries().stream()
            .map(
                d ->
                    d.state() instanceof State.Bouncing(var status, var text, var id)
                            && id.equals(report)
                        ? new Delivery(d.target(), new State.Failed(status, text))
                        : d)
            .toList();
    return new SpoolEntry(
        entry.id(),
        entry.envelope(),
        deliveries,
        entry.sizeBytes(),
        entry.attempts(),
        entry.nextAttempt(),
        entry.held());
  }

  private CompletableFuture<Boolean> warn(Loaded loaded, QueueId report) {
    var entry = loaded.record().entry();
    var late = new ArrayList<Trouble>();
    for (var delivery : entry.deliveries()) {
      if (delivery.state() instanceof State.Pending(var lastError)) {
        late.add(new Trouble(delivery.target(), DELAYED, lastError));
      }
    }
    CompletableFuture<BounceOutcome> outcome =
        late.isEmpty()
            ? CompletableFuture.completedFuture(new BounceOutcome.NobodyToTell("not late any more"))
            : bouncer.delayed(report, entry, late, loaded.body());
    return outcome.thenCompose(
        how ->
            reportOf(how, report).isEmpty()
                ? CompletableFuture.completedFuture(false)
                : spool
                    .update(loaded.record().id(), r -> r.withWarning(new Warning.Given()))
                    .thenApply(_ -> true));
  }
}
