package org.malleposte.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.malleposte.handover.Adoption;
import org.malleposte.handover.OwnerCheck;
import org.malleposte.link.NodeName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolRecord;

/**
 * What the postmaster can do with the queue of this node. Thread-safe; never blocks; futures fail
 * only when the disk does.
 */
public final class QueueControl {
  /** Of a page of {@link #list}. */
  public static final int MAX_PAGE = 1000;

  private final Spool spool;
  private final DeliveryScheduler scheduler;
  private final Adoption adoption;
  private final OwnerCheck check;
  private final Executor blocking;

  public QueueControl(
      Spool spool,
      DeliveryScheduler scheduler,
      Adoption adoption,
      OwnerCheck check,
      Executor blocking) {
    this.spool = spool;
    this.scheduler = scheduler;
    this.adoption = adoption;
    this.check = check;
    this.blocking = blocking;
  }

  /** Entries after {@code after}, oldest first. */
  public CompletableFuture<List<SpoolRecord>> list(Optional<QueueId> after, int limit) {
    return Futures.call(blocking, () -> spool.list(after, Math.min(limit, MAX_PAGE)));
  }

  public CompletableFuture<Optional<SpoolRecord>> show(QueueId id) {
    return Futures.call(blocking, () -> spool.read(id));
  }

  /** Tries everything now that is not held. */
  public void flush() {
    scheduler.hurry();
  }

  /**
   * Tries now what waits for these domains elsewhere. Reads the whole queue, on the blocking lane.
   */
  public CompletableFuture<Void> flush(Predicate<Domain> domains) {
    return Futures.call(
        blocking,
        () -> {
          var after = Optional.<QueueId>empty();
          for (var page = spool.list(after, MAX_PAGE);
              !page.isEmpty();
              page = spool.list(after, MAX_PAGE)) {
            flush(page, domains);
            after = Optional.of(page.getLast().id());
          }
          return null;
        });
  }

  private void flush(List<SpoolRecord> page, Predicate<Domain> domains) {
    var ids = new ArrayList<QueueId>();
    var found = new HashSet<Domain>();
    for (var record : page) {
      for (var target : record.entry().pending()) {
        if (target instanceof Target.Remote(var address, _, _) && domains.test(address.domain())) {
          ids.add(record.id());
          found.add(address.domain());
        }
      }
    }
    if (!ids.isEmpty()) {
      scheduler.hurry(ids, found);
    }
  }

  /** Tries this entry now, unless it is held or waits to know whether another node has it. */
  public void flush(QueueId id) {
    scheduler.hurry(id);
  }

  /** It is neither tried nor given up until it is released. Whether there is such an entry. */
  public CompletableFuture<Boolean> hold(QueueId id) {
    return setHeld(id, true);
  }

  /**
   * It is tried again, at once, and without waiting to know whether another node has adopted it.
   */
  public CompletableFuture<Boolean> release(QueueId id) {
    check.release(id);
    return setHeld(id, false)
        .thenApply(
            found -> {
              scheduler.hurry(id);
              return found;
            });
  }

  private CompletableFuture<Boolean> setHeld(QueueId id, boolean held) {
    return spool
        .update(id, r -> r.withEntry(withHeld(r.entry(), held)))
        .thenApply(
            record -> {
              scheduler.added(id);
              return record.isPresent();
            });
  }

  private static SpoolEntry withHeld(SpoolEntry entry, boolean held) {
    return new SpoolEntry(
        entry.id(),
        entry.envelope(),
        entry.deliveries(),
        entry.sizeBytes(),
        entry.attempts(),
        entry.nextAttempt(),
        held);
  }

  /**
   * Throws the entry away; nobody is told. What is on its way at this moment may still arrive.
   * Whether there was such an entry.
   */
  public CompletableFuture<Boolean> delete(QueueId id) {
    boolean found = spool.contains(id);
    return spool
        .finish(List.of(id))
        .thenApply(
            _ -> {
              scheduler.added(id);
              return found;
            });
  }

  /** This node adopts what it holds of a node that will not come back. */
  public void adopt(NodeName gone) {
    adoption.adoptNow(gone);
  }
}
