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
import org.malleposte.schedule.Bouncer.Action;
import org.malleposte.schedule.Bouncer.BounceOutcome;
import org.malleposte.schedule.Bouncer.Notice;
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
  private static final EnhancedStatus DELIVERED = new EnhancedStatus(2, 0, 0);

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
    notices(loaded.record().entry())
        .forEach((report, notices) -> parts.add(settle(loaded, report, notices)));
    if (loaded.record().warning() instanceof Warning.Due(var report)) {
      parts.add(warn(loaded, report));
    }
    return Futures.all(parts).thenApply(made -> !made.contains(false));
  }

  private static Map<QueueId, List<Notice>> notices(SpoolEntry entry) {
    var byReport = new LinkedHashMap<QueueId, List<Notice>>();
    for (var delivery : entry.deliveries()) {
      var target = delivery.target();
      switch (delivery.state()) {
        case State.Bouncing(var status, var text, var report) ->
            add(byReport, report, new Notice(target, Action.FAILED, status, text));
        case State.Confirming(var relayed, var text, var report) ->
            add(
                byReport,
                report,
                new Notice(target, relayed ? Action.RELAYED : Action.DELIVERED, DELIVERED, text));
        case State.Pending _, State.Delivered _, State.Failed _ -> {}
      }
    }
    return byReport;
  }

  private static void add(Map<QueueId, List<Notice>> byReport, QueueId report, Notice notice) {
    byReport.computeIfAbsent(report, _ -> new ArrayList<>()).add(notice);
  }

  private CompletableFuture<Boolean> settle(Loaded loaded, QueueId report, List<Notice> notices) {
    var id = loaded.record().id();
    return tell(loaded, report, notices)
        .thenCompose(
            outcome ->
                reportOf(outcome, report)
                    .map(
                        name -> {
                          notices.forEach(n -> logBounced(id, n, name));
                          return spool
                              .update(id, r -> r.withEntry(told(r.entry(), report)))
                              .thenApply(_ -> true);
                        })
                    .orElseGet(() -> CompletableFuture.completedFuture(false)));
  }

  /** Tells the sender, as far as he wants to hear of it (RFC 3461 §4.1). */
  private CompletableFuture<BounceOutcome> tell(
      Loaded loaded, QueueId report, List<Notice> notices) {
    var entry = loaded.record().entry();
    var wanted = notices.stream().filter(n -> isWanted(entry, n)).toList();
    return wanted.isEmpty()
        ? CompletableFuture.completedFuture(new BounceOutcome.NobodyToTell("not asked for"))
        : bouncer.tell(report, entry, wanted, loaded.body());
  }

  private static boolean isWanted(SpoolEntry entry, Notice notice) {
    var notify = entry.envelope().dsn().notifyOf(notice.target().original());
    return switch (notice.action()) {
      case FAILED -> notify.failure();
      case DELAYED -> notify.delay();
      case DELIVERED, RELAYED -> notify.success();
    };
  }

  /** What the log calls the report, once nothing more is to be done about it. */
  private static Optional<String> reportOf(BounceOutcome outcome, QueueId report) {
    return switch (outcome) {
      case BounceOutcome.Reported _ -> Optional.of(report.value());
      case BounceOutcome.NobodyToTell _ -> Optional.of("none");
      case BounceOutcome.Later _ -> Optional.empty();
    };
  }

  private void logBounced(QueueId id, Notice notice, String report) {
    if (notice.action() == Action.FAILED) {
      log.on(
          new MailEvent.Bounced(
              id, name(notice.target()), notice.status() + " " + notice.text(), report));
    }
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
            .map(d -> new Delivery(d.target(), told(d.state(), report)))
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

  private static State told(State state, QueueId report) {
    return switch (state) {
      case State.Bouncing(var status, var text, var id) when id.equals(report) ->
          new State.Failed(status, text);
      case State.Confirming(_, _, var id) when id.equals(report) -> new State.Delivered();
      case State.Pending _,
          State.Delivered _,
          State.Bouncing _,
          State.Confirming _,
          State.Failed _ ->
          state;
    };
  }

  private CompletableFuture<Boolean> warn(Loaded loaded, QueueId report) {
    var entry = loaded.record().entry();
    var late = new ArrayList<Notice>();
    for (var delivery : entry.deliveries()) {
      if (delivery.state() instanceof State.Pending(var lastError)) {
        late.add(new Notice(delivery.target(), Action.DELAYED, DELAYED, lastError));
      }
    }
    CompletableFuture<BounceOutcome> outcome =
        late.isEmpty()
            ? CompletableFuture.completedFuture(new BounceOutcome.NobodyToTell("not late any more"))
            : tell(loaded, report, late);
    return outcome.thenCompose(
        how ->
            reportOf(how, report).isEmpty()
                ? CompletableFuture.completedFuture(false)
                : spool
                    .update(loaded.record().id(), r -> r.withWarning(new Warning.Given()))
                    .thenApply(_ -> true));
  }
}
