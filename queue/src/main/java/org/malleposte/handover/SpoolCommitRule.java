package org.malleposte.handover;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.delivery.LocalDelivery.LocalOutcome;
import org.malleposte.handover.CommitRule.CommitOutcome.Committed;
import org.malleposte.handover.CommitRule.CommitOutcome.NoSpace;
import org.malleposte.handover.CommitRule.CommitOutcome.NotSafe;
import org.malleposte.handover.CommitRule.CommitOutcome.Refused;
import org.malleposte.handover.Copies.CopyOutcome;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.spool.DiskSpace.Room;
import org.malleposte.spool.Holder;
import org.malleposte.spool.Spool;
import org.malleposte.spool.Spool.PutOutcome;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Origin;
import org.malleposte.spool.SpoolRecord.Warning;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link CommitRule}: directly into the shards on a node that delivers, when all targets are
 * local; else, or for what a shard did not take, into the spool and a copy, in parallel.
 *
 * <p>What turns out not to be safe is withdrawn, from the spool and from all that may have a copy:
 * the sender will come again under another id, and a mail that had stayed would be there twice.
 */
public final class SpoolCommitRule implements CommitRule {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolCommitRule.class);

  private final Cluster cluster;
  private final Spool spool;
  private final Copies copies;
  private final DirectWay direct;
  private final Underway underway;
  private final InstantSource clock;
  private final MailLog log;
  private final boolean strict;
  private final Consumer<QueueId> onSpooled;

  /**
   * @param strict never accept on one node alone ({@code queue.strict})
   * @param onSpooled told of each entry that is committed in the spool; must not block
   */
  public SpoolCommitRule(
      Cluster cluster,
      Spool spool,
      Copies copies,
      LocalDelivery local,
      Underway underway,
      InstantSource clock,
      MailLog log,
      boolean strict,
      Consumer<QueueId> onSpooled) {
    this.cluster = cluster;
    this.spool = spool;
    this.copies = copies;
    this.direct = new DirectWay(local, clock);
    this.underway = underway;
    this.clock = clock;
    this.log = log;
    this.strict = strict;
    this.onSpooled = onSpooled;
  }

  /** A commit and the way it went, in a word for the log. */
  record Settled(CommitOutcome outcome, String way) {
    static Settled not(CommitOutcome outcome) {
      return new Settled(outcome, "none");
    }
  }

  @Override
  public CompletableFuture<CommitOutcome> commit(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body) {
    return accept(entry(id, envelope, targets, body, "", false), body);
  }

  /** Held mail never goes the direct way, wherever it is for. */
  @Override
  public CompletableFuture<CommitOutcome> hold(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason) {
    return accept(entry(id, envelope, targets, body, "quarantined: " + reason, true), body);
  }

  private SpoolEntry entry(
      QueueId id,
      Envelope envelope,
      List<Target> targets,
      MessageBody body,
      String detail,
      boolean held) {
    var deliveries = targets.stream().map(t -> new Delivery(t, new State.Pending(detail))).toList();
    return new SpoolEntry(id, envelope, deliveries, body.sizeBytes(), 0, clock.instant(), held);
  }

  private CompletableFuture<CommitOutcome> accept(SpoolEntry entry, MessageBody body) {
    return take(entry, new Origin.Accepted(), body, strict)
        .thenApply(
            settled -> {
              if (settled.outcome() instanceof Committed) {
                logAccepted(entry, settled.way());
              }
              return settled.outcome();
            });
  }

  private void logAccepted(SpoolEntry entry, String way) {
    var envelope = entry.envelope();
    log.on(
        new MailEvent.Accepted(
            entry.id(),
            envelope.from().toString(),
            envelope.recipients().size(),
            entry.sizeBytes(),
            envelope.client().address(),
            way));
  }

  /**
   * Commits the pending deliveries of an entry, whatever its origin. Never fails.
   *
   * @param neverAlone not safe unless another node holds it too
   */
  CompletableFuture<Settled> take(
      SpoolEntry entry, Origin origin, MessageBody body, boolean neverAlone) {
    if (!underway.begin(entry.id())) {
      return CompletableFuture.completedFuture(
          Settled.not(new NotSafe(entry.id() + " is being committed already")));
    }
    CompletableFuture<Settled> way;
    try {
      way = wayOf(entry, origin, body, neverAlone);
    } catch (RuntimeException e) {
      way = CompletableFuture.failedFuture(e);
    }
    return way.exceptionally(e -> broken(entry.id(), e)).whenComplete((_, _) -> over(entry.id()));
  }

  // In this order: who is told looks whether it is still under way, and would pass it over for
  // ever.
  private void over(QueueId id) {
    underway.end(id);
    if (spool.contains(id)) {
      onSpooled.accept(id);
    }
  }

  private static Settled broken(QueueId id, Throwable failure) {
    LOG.error("{} could not be committed", id, Futures.cause(failure));
    return Settled.not(new NotSafe(Futures.reason(failure)));
  }

  private CompletableFuture<Settled> wayOf(
      SpoolEntry entry, Origin origin, MessageBody body, boolean neverAlone) {
    // Also for mail that goes into the shards: their logs are on this disk, too.
    var full = spool.refuses(body.sizeBytes());
    if (full.isPresent()) {
      return CompletableFuture.completedFuture(Settled.not(new NoSpace(full.get())));
    }
    var local = localTargets(entry);
    if (entry.held() || local.isEmpty() || !delivers() || isConfirmed(entry)) {
      return spool(entry, origin, body, neverAlone);
    }
    return direct
        .deliver(entry.id(), entry.envelope(), local.get(), body)
        .thenCompose(outcomes -> afterDirect(entry, origin, body, neverAlone, outcomes));
  }

  // What is to be confirmed to its sender needs an owner who does it after the delivery.
  private static boolean isConfirmed(SpoolEntry entry) {
    var dsn = entry.envelope().dsn();
    return entry.pending().stream().anyMatch(t -> dsn.notifyOf(t.original()).success());
  }

  private boolean delivers() {
    var view = cluster.view();
    return view.member(view.self()).map(Member::mayDeliver).orElse(false);
  }

  /** The pending targets, if all of them are local. */
  private static Optional<List<Target.Local>> localTargets(SpoolEntry entry) {
    var local = new ArrayList<Target.Local>();
    for (var target : entry.pending()) {
      switch (target) {
        case Target.Local account -> local.add(account);
        case Target.Remote _ -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(local);
  }

  private CompletableFuture<Settled> afterDirect(
      SpoolEntry entry,
      Origin origin,
      MessageBody body,
      boolean neverAlone,
      Map<Target.Local, LocalOutcome> outcomes) {
    var pending = entry.pending();
    if (pending.stream().allMatch(t -> outcomes.get(t) instanceof LocalOutcome.Stored)) {
      return CompletableFuture.completedFuture(new Settled(new Committed(entry.id()), "direct"));
    }
    if (pending.stream().allMatch(t -> outcomes.get(t) instanceof LocalOutcome.Failed)) {
      var first = (LocalOutcome.Failed) outcomes.get(pending.getFirst());
      return CompletableFuture.completedFuture(
          Settled.not(new Refused(first.status(), first.text())));
    }
    return spool(withOutcomes(entry, outcomes), origin, body, neverAlone);
  }

  // A target that the store refuses while it has taken another stays pending: the scheduler asks
  // once more, and tells the sender.
  private static SpoolEntry withOutcomes(
      SpoolEntry entry, Map<Target.Local, LocalOutcome> outcomes) {
    var deliveries =
        entry.deliveries().stream()
            .map(
                d ->
                    switch (outcomes.get(d.target())) {
                      case null -> d;
                      case LocalOutcome.Stored _ -> new Delivery(d.target(), new State.Delivered());
                      case LocalOutcome.Unavailable(var detail) ->
                          new Delivery(d.target(), new State.Pending(detail));
                      case LocalOutcome.Deferred(_, var text) ->
                          new Delivery(d.target(), new State.Pending(text));
                      case LocalOutcome.Failed(_, var text) ->
                          new Delivery(d.target(), new State.Pending(text));
                    })
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

  private CompletableFuture<Settled> spool(
      SpoolEntry entry, Origin origin, MessageBody body, boolean neverAlone) {
    var record =
        new SpoolRecord(entry, copies.plan(), spool.nextStamp(), origin, new Warning.NotYet());
    var put = spool.put(record, body, Room.NEW_MAIL);
    var copy = copies.put(record, body);
    return put.handle(
            (outcome, failure) ->
                switch (outcome) {
                  case null -> withdrawn(record, copy, new NotSafe(Futures.reason(failure)));
                  case PutOutcome.Full(var why) -> withdrawn(record, copy, new NoSpace(why));
                  case PutOutcome.AlreadyKnown _ -> known(record, copy, neverAlone);
                  case PutOutcome.Stored _ -> copy.thenCompose(c -> settle(record, c, neverAlone));
                })
        .thenCompose(settled -> settled);
  }

  // Also the answer waits until the copies are gone: a deliverer is handed the same entry again,
  // and what has been committed by then would be withdrawn in the place of this.
  private CompletableFuture<Settled> withdrawn(
      SpoolRecord record, CompletableFuture<CopyOutcome> copy, CommitOutcome outcome) {
    return copy.thenCompose(c -> refuse(record, c, outcome));
  }

  // A repeat: the entry that is here, or was, has holders of its own; or none yet, when it was
  // adopted at this moment. Should one more have a copy now, it will ask for it and hear when the
  // entry is done.
  private CompletableFuture<Settled> known(
      SpoolRecord record, CompletableFuture<CopyOutcome> copy, boolean neverAlone) {
    return copy.thenApply(
        c -> {
          boolean isHeld = c instanceof CopyOutcome.Held;
          return neverAlone && !isHeld && spool.contains(record.id())
              ? Settled.not(new NotSafe(record.id() + " is here, and nobody else takes a copy"))
              : new Settled(new Committed(record.id()), "repeated");
        });
  }

  private CompletableFuture<Settled> settle(
      SpoolRecord record, CopyOutcome copy, boolean neverAlone) {
    return switch (copy) {
      case CopyOutcome.Held(var holders, _) -> committed(record, holders, "spool+copy");
      case CopyOutcome.Alone _ when !neverAlone -> committed(record, List.of(), "spool alone");
      case CopyOutcome.Alone _ ->
          refuse(record, copy, new NotSafe("no other node is alive, and one is not enough"));
      case CopyOutcome.NoRoom(var why, _) -> refuse(record, copy, new NoSpace(why));
      case CopyOutcome.Silent(var detail, _) -> refuse(record, copy, new NotSafe(detail));
    };
  }

  private CompletableFuture<Settled> committed(
      SpoolRecord record, List<Holder> holders, String way) {
    // Usually those planned have answered, and the entry names them already. Who was asked and was
    // silent may have a copy too: it will ask for it, and hear when the entry is done.
    CompletableFuture<?> named =
        record.holders().equals(holders)
            ? CompletableFuture.completedFuture(null)
            : spool.update(record.id(), r -> r.withHolders(holders));
    return named.thenApply(_ -> new Settled(new Committed(record.id()), way));
  }

  private CompletableFuture<Settled> refuse(
      SpoolRecord record, CopyOutcome copy, CommitOutcome outcome) {
    return withdraw(record.id(), copy.tried()).thenApply(_ -> Settled.not(outcome));
  }

  private CompletableFuture<Void> withdraw(QueueId id, Collection<Holder> tried) {
    return spool
        .release(List.of(id), tried)
        .exceptionally(
            e -> {
              LOG.error("{} was refused but could not be withdrawn", id, Futures.cause(e));
              return null;
            });
  }
}
