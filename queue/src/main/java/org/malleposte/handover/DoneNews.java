package org.malleposte.handover;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.SerialExecutor;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.News;
import org.malleposte.spool.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the holders of copies which entries are done, in batches, until each has acknowledged. The
 * news itself is in the spool, so a crash repeats some and forgets none.
 *
 * <p>Thread-safe; its state belongs to a serial executor.
 */
public final class DoneNews {
  /** Ids in one request. */
  private static final int BATCH = 5_000;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  // News of a moment go together.
  private static final Duration GATHER = Duration.ofMillis(100);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(DoneNews.class);

  /** What goes on with one holder; nothing when it is not in the map. */
  private record Telling(Duration retry) {}

  private final Spool spool;
  private final Cluster cluster;
  private final NodeLink link;
  private final Timers timers;
  private final Executor blocking;
  private final SerialExecutor serial;
  private final Map<String, Telling> telling = new HashMap<>();

  public DoneNews(
      Spool spool,
      Cluster cluster,
      NodeLink link,
      Timers timers,
      Executor blocking,
      Executor threads) {
    this.spool = spool;
    this.cluster = cluster;
    this.link = link;
    this.timers = timers;
    this.blocking = blocking;
    this.serial = new SerialExecutor(threads);
  }

  /** Begins, also with what is left from before a restart. */
  public void start() {
    spool.onNews(holder -> serial.execute(() -> begin(holder)));
    cluster.onChange(_ -> serial.execute(this::beginAll));
    serial.execute(this::beginAll);
  }

  private void beginAll() {
    spool.holdersWithNews().forEach(this::begin);
  }

  private void begin(String holder) {
    if (!telling.containsKey(holder) && nodeOf(holder).isPresent()) {
      later(holder, GATHER, FIRST_RETRY);
    }
  }

  private void later(String holder, Duration delay, Duration retry) {
    telling.put(holder, new Telling(retry));
    timers.after(delay, () -> serial.execute(() -> tell(holder)));
  }

  // A holder that is away is not asked for: its return is a change of the view.
  private Optional<NodeName> nodeOf(String holder) {
    return cluster.view().members().stream()
        .filter(m -> m.spoolId().equals(holder))
        .map(Member::name)
        .findFirst();
  }

  private void tell(String holder) {
    var node = nodeOf(holder);
    if (node.isEmpty()) {
      telling.remove(holder);
      return;
    }
    Futures.call(blocking, () -> spool.news(holder, BATCH))
        .thenCompose(news -> send(node.get(), holder, news))
        .whenComplete((told, failure) -> serial.execute(() -> told(holder, told, failure)));
  }

  private CompletableFuture<Integer> send(NodeName node, String holder, List<News> news) {
    if (news.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    return link.request(
            node,
            CopiesService.DONE,
            CopyWire.encode(new CopyWire.Done(spool.id(), news)),
            PATIENCE)
        .thenCompose(_ -> spool.newsTold(holder, news))
        .thenApply(_ -> news.size());
  }

  private void told(String holder, Integer told, Throwable failure) {
    if (failure != null) {
      var retry = telling.get(holder).retry();
      LOG.debug("{} is not told what is done: {}", holder, Futures.reason(failure));
      var next = retry.multipliedBy(2);
      later(holder, retry, next.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : next);
    } else if (told == BATCH) {
      tell(holder);
    } else {
      telling.remove(holder);
      // What came while we were telling has found us busy.
      if (spool.holdersWithNews().contains(holder)) {
        begin(holder);
      }
    }
  }
}
