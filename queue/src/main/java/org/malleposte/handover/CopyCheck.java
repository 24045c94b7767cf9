package org.malleposte.handover;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.News;
import org.malleposte.spool.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds copies that nobody needs: now and then a holder asks each live owner which of its older
 * copies the owner still has an entry for. That catches what news cannot: a copy whose
 * acknowledgement was lost, so that the owner turned to another holder and forgot this one.
 *
 * <p>Thread-safe.
 */
public final class CopyCheck {
  static final String SERVICE = "copies.check";

  static final Duration PERIOD = Duration.ofMinutes(10);

  /** Younger copies are left alone: their owner's own news is on its way. */
  private static final Duration AGE = Duration.ofMinutes(10);

  private static final int PAGE = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(CopyCheck.class);

  private final HeldCopies held;
  private final Spool spool;
  private final Underway underway;
  private final Cluster cluster;
  private final NodeLink link;
  private final Timers timers;
  private final InstantSource clock;
  private final SerialExecutor serial;

  public CopyCheck(
      HeldCopies held,
      Spool spool,
      Underway underway,
      Cluster cluster,
      NodeLink link,
      Timers timers,
      InstantSource clock,
      Executor threads) {
    this.held = held;
    this.spool = spool;
    this.underway = underway;
    this.cluster = cluster;
    this.link = link;
    this.timers = timers;
    this.clock = clock;
    this.serial = new SerialExecutor(threads);
  }

  /** Offers the owner's side. */
  public void serve(NodeLink on) {
    on.serve(SERVICE, this::answer);
  }

  /** Begins to ask. */
  public void start() {
    timers.every(PERIOD, () -> serial.execute(this::checkAll));
  }

  // Owner's side: ids that this spool does not know. Those being committed are not in the spool
  // yet.
  private CompletableFuture<byte[]> answer(NodeName from, byte[] request) {
    var asked = CopyWire.decodeIds(request);
    var unknown = new ArrayList<QueueId>();
    if (asked.spoolId().equals(spool.id())) {
      for (var id : asked.ids()) {
        // In this order: a commit ends in the spool before it leaves the underway.
        if (!underway.contains(id) && !spool.contains(id)) {
          unknown.add(id);
        }
      }
    }
    return CompletableFuture.completedFuture(CopyWire.encodeIds(spool.id(), unknown));
  }

  private void checkAll() {
    held.dropStaleUploads();
    var view = cluster.view();
    for (var owner : held.owners()) {
      boolean claimed = held.closed().containsKey(owner.spoolId());
      if (!claimed && view.members().stream().anyMatch(m -> m.spoolId().equals(owner.spoolId()))) {
        check(owner, Optional.empty());
      }
    }
  }

  private void check(HeldCopies.Owner owner, Optional<QueueId> after) {
    var limit = clock.instant().minus(AGE);
    var page =
        held.list(owner.spoolId(), Long.MAX_VALUE, after, PAGE).stream()
            .filter(copy -> copy.id().time().isBefore(limit))
            .toList();
    if (page.isEmpty()) {
      return;
    }
    var ids = page.stream().map(News::id).toList();
    link.request(owner.node(), SERVICE, CopyWire.encodeIds(owner.spoolId(), ids), PATIENCE)
        .thenCompose(answer -> drop(owner, page, CopyWire.decodeIds(answer)))
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                LOG.debug("{} was not asked: {}", owner.node(), Futures.reason(failure));
              } else {
                serial.execute(() -> check(owner, Optional.of(page.getLast().id())));
              }
            });
  }

  private CompletableFuture<Void> drop(
      HeldCopies.Owner owner, List<News> asked, CopyWire.Ids unknown) {
    if (!unknown.spoolId().equals(owner.spoolId()) || unknown.ids().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    LOG.info("{} copies of {} were not needed any more", unknown.ids().size(), owner.node());
    var ids = new HashSet<>(unknown.ids());
    // By their stamps: one that has been put anew since was not asked for.
    return held.drop(
        owner.spoolId(), asked.stream().filter(copy -> ids.contains(copy.id())).toList());
  }
}
