package org.malleposte.handover;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.Copies.CopyOutcome;
import org.malleposte.handover.Presence.Where;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.Brief;
import org.malleposte.spool.Holder;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings entries of this spool to another node that no other live disk has: those accepted while
 * this node was alone, those it has adopted, those whose holder is lost or long away. Entries that
 * are about to be flushed are usually gone before their turn.
 *
 * <p>Thread-safe; its state belongs to a serial executor.
 */
public final class CopyRepair {
  private static final Duration PERIOD = Duration.ofSeconds(10);

  /** Entries being brought at once. */
  private static final int WINDOW = 32;

  private static final int PAGE = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(CopyRepair.class);

  private final Spool spool;
  private final Copies copies;
  private final Underway underway;
  private final Cluster cluster;
  private final Timers timers;
  private final InstantSource clock;
  private final int others;
  private final Duration adoptAfter;
  private final Executor blocking;
  private final SerialExecutor serial;
  private final Presence presence;
  private final Set<QueueId> bringing = new HashSet<>();
  private Optional<QueueId> reached = Optional.empty();

  /**
   * @param machines that keep a mail ({@code queue.copies})
   * @param adoptAfter a holder that is away for so long is not counted on
   */
  public CopyRepair(
      Spool spool,
      Copies copies,
      Underway underway,
      Cluster cluster,
      Timers timers,
      InstantSource clock,
      int machines,
      Duration adoptAfter,
      Executor blocking,
      Executor threads) {
    this.spool = spool;
    this.copies = copies;
    this.underway = underway;
    this.cluster = cluster;
    this.timers = timers;
    this.clock = clock;
    this.others = machines - 1;
    this.adoptAfter = adoptAfter;
    this.blocking = blocking;
    this.serial = new SerialExecutor(threads);
    this.presence = new Presence(cluster.view(), clock.instant());
  }

  public void start() {
    cluster.onChange(view -> serial.execute(() -> presence.on(view, clock.instant())));
    timers.every(
        PERIOD,
        () ->
            serial.execute(
                () -> {
                  reached = Optional.empty();
                  fill();
                }));
  }

  private boolean isCounted(Holder holder) {
    return switch (presence.where(holder.node(), holder.spoolId(), clock.instant())) {
      case Where.Here _ -> true;
      case Where.Replaced _ -> false;
      case Where.Away(var since) -> clock.instant().isBefore(since.plus(adoptAfter));
    };
  }

  private List<Holder> counted(List<Holder> holders) {
    return holders.stream().filter(this::isCounted).toList();
  }

  private boolean lacks(List<Holder> holders, long ready) {
    var counted = counted(holders);
    long others = Math.min(this.others, ready);
    return counted.size() < others;
  }

  // Starts at the oldest entry each period, and goes on from where it is as places become free.
  private void fill() {
    long ready = cluster.view().others().stream().filter(Member::ready).count();
    if (ready == 0 || spool.holderLists().stream().noneMatch(h -> lacks(h, ready))) {
      return;
    }
    while (bringing.size() < WINDOW) {
      var page = spool.briefs(reached, PAGE);
      if (page.isEmpty()) {
        return;
      }
      for (var entry : page) {
        if (bringing.size() >= WINDOW) {
          return;
        }
        reached = Optional.of(entry.getKey());
        begin(entry, ready);
      }
    }
  }

  private void begin(Map.Entry<QueueId, Brief> entry, long ready) {
    var id = entry.getKey();
    if (lacks(entry.getValue().holders(), ready) && !underway.contains(id) && bringing.add(id)) {
      bring(id, counted(entry.getValue().holders()))
          .whenCompleteAsync((_, failure) -> ended(id, failure), serial);
    }
  }

  private record Loaded(SpoolRecord record, MessageBody body) {}

  private CompletableFuture<?> bring(QueueId id, List<Holder> already) {
    return Futures.call(blocking, () -> spool.read(id).map(r -> new Loaded(r, spool.body(id))))
        .thenCompose(
            loaded ->
                loaded.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : copies
                        .put(loaded.get().record(), loaded.get().body(), already)
                        .thenCompose(outcome -> keep(id, outcome)));
  }

  // If the entry is gone meanwhile, the copy is found by CopyCheck. To say now that it is done
  // would be wrong when it is gone because the holder has adopted it.
  private CompletableFuture<?> keep(QueueId id, CopyOutcome outcome) {
    return switch (outcome) {
      case CopyOutcome.Held(var holders, _) -> spool.update(id, r -> r.withHolders(holders));
      case CopyOutcome.Alone _, CopyOutcome.NoRoom _, CopyOutcome.Silent _ ->
          CompletableFuture.completedFuture(null);
    };
  }

  private void ended(QueueId id, Throwable failure) {
    bringing.remove(id);
    if (failure != null) {
      LOG.warn("{} has no second copy yet: {}", id, Futures.reason(failure));
    }
    fill();
  }
}
