package org.malleposte.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EmailAddress;
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
 * A crash in between asks for the same report under the same id again, as an adopter of the entry
 * does, see {@link ReportId}. Thread-safe.
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
        .forEach((addressed, notices) -> parts.add(settle(loaded, addressed, notices)));
    if (loaded.record().warning() instanceof Warning.Due(var report)) {
      parts.add(warn(loaded, report));
    }
    return Futures.all(parts).thenApply(made -> !made.contains(false));
  }

  /** One report and whom it is for: the sender, or the owner of a mailing list. */
  private record Addressed(QueueId report, Optional<EmailAddress> owner) {}

  /** The id of the report to {@code owner}, if the one to the sender is {@code report}. */
  static QueueId idFor(QueueId report, Optional<EmailAddress> owner) {
    return owner.map(o -> report.derive("to " + o)).orElse(report);
  }

  private static Map<Addressed, List<Notice>> notices(SpoolEntry entry) {
    var byReport = new LinkedHashMap<Addressed, List<Notice>>();
    for (var delivery : entry.deliveries()) {
      var target = delivery.target();
      switch (delivery.state()) {
        case State.Bouncing(var status, var text, var report) ->
            byReport
                .computeIfAbsent(new Addressed(report, target.owner()), _ -> new ArrayList<>())
                .add(new Notice(target, Action.FAILED, status, text));
        case State.Confirming(var relayed, var text, var report) ->
            confirm(
                byReport.computeIfAbsent(
                    new Addressed(report, Optional.empty()), _ -> new ArrayList<>()),
                target.owner().isPresent()
                    ? new Notice(target, Action.DELIVERED, DELIVERED, "sent on by a mailing list")
                    : new Notice(
                        target, relayed ? Action.RELAYED : Action.DELIVERED, DELIVERED, text));
        case State.Pending _, State.Delivered _, State.Failed _ -> {}
      }
    }
    return byReport;
  }

  /** A mailing list is confirmed once, however many members it has (RFC 3461 §5.2.7.3). */
  private static void confirm(List<Notice> notices, Notice notice) {
    var target = notice.target();
    boolean isKnown =
        target.owner().isPresent()
            && notices.stream().anyMatch(n -> n.target().original().equals(target.original()));
    if (!isKnown) {
      notices.add(notice);
    }
  }

  private CompletableFuture<Boolean> settle(
      Loaded loaded, Addressed addressed, List<Notice> notices) {
    var id = loaded.record().id();
    var report = addressed.report();
    return tell(loaded, addressed, notices)
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
      Loaded loaded, Addressed addressed, List<Notice> notices) {
    var entry = loaded.record().entry().sentOnBy(addressed.owner());
    var wanted = notices.stream().filter(n -> isWanted(entry, n)).toList();
    return wanted.isEmpty()
        ? CompletableFuture.completedFuture(new BounceOutcome.NobodyToTell("not asked for"))
        : bouncer.tell(addressed.report(), entry, wanted, loaded.body());
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
      case Target.Local(var account, _, _) -> account.value();
      case Target.Remote(var address, _, _) -> address.toString();
    };
  }

  private static SpoolEntry told(SpoolEntry entry, QueueId report) {
    var deliveries =
        entry.deliveries().stream()
            .map(d -> new Delivery(d.target(), told(d.state(), report)))
            .toList();
    return entry.withDeliveries(deliveries);
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
    var late = new LinkedHashMap<Optional<EmailAddress>, List<Notice>>();
    for (var delivery : loaded.record().entry().deliveries()) {
      var target = delivery.target();
      if (delivery.state() instanceof State.Pending(var lastError)) {
        late.computeIfAbsent(target.owner(), _ -> new ArrayList<>())
            .add(new Notice(target, Action.DELAYED, DELAYED, lastError));
      }
    }
    var told = new ArrayList<CompletableFuture<BounceOutcome>>();
    late.forEach(
        (owner, notices) ->
            told.add(tell(loaded, new Addressed(idFor(report, owner), owner), notices)));
    return Futures.all(told)
        .thenCompose(
            outcomes ->
                outcomes.stream().anyMatch(BounceOutcome.Later.class::isInstance)
                    ? CompletableFuture.completedFuture(false)
                    : spool
                        .update(loaded.record().id(), r -> r.withWarning(new Warning.Given()))
                        .thenApply(_ -> true));
  }
}
