package org.malleposte.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.raft.FoundingState.Founded;
import org.malleposte.raft.FoundingState.Open;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the replicated store: one Raft server with a group for the directory (0) and
 * one for each shard.
 *
 * <p>Nothing is open until the store is founded, see {@link Founding}; {@link #opened()} tells.
 * What fails for good fails loudly: the group's health says why, the log too, and the node serves
 * it no more.
 */
public final class RaftNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
  private static final Duration FOUNDING_PERIOD = Duration.ofMillis(500);
  private static final Duration UPKEEP_PERIOD = Duration.ofSeconds(1);
  private static final Duration CLOSING_TIMEOUT = Duration.ofSeconds(10);
  private static final int SUBMITTING_THREADS = 8;
  private static final int MAX_WAITING_SUBMISSIONS = 4096;

  /** Makes the state machines. */
  @FunctionalInterface
  public interface StateMachines {
    /**
     * Opens the state machine of a group. Called when the group is opened, and again when it is
     * opened again in the same process: the one before is closed by then.
     *
     * @param group 0 is the directory
     * @param directory its own; may not exist yet
     * @param founded when the store was founded: the same on every node, for ever
     */
    StateMachine create(int group, Path directory, Instant founded);
  }

  private final RaftSettings settings;
  private final Cluster cluster;
  private final FoundingAcceptor acceptor;
  private final Founding founding;
  private final List<RaftGroup> groups;
  private final GroupHost host;
  private final BlockingLane submissions =
      new BlockingLane("raft-submit", SUBMITTING_THREADS, MAX_WAITING_SUBMISSIONS);
  private final ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final List<Timers.Timer> periodic;
  private volatile boolean stopping;

  /** Offers this node's services on the link; {@link #start} makes it a peer. */
  public RaftNode(
      RaftSettings settings,
      NodeLink link,
      Cluster cluster,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      StateMachines machines) {
    this.settings = settings;
    this.cluster = cluster;
    var caller = new UUID(random.nextLong(), random.nextLong());
    groups =
        IntStream.range(0, settings.groups())
            .mapToObj(i -> new RaftGroup(i, caller, link, cluster, timers, clock))
            .toList();
    acceptor = new FoundingAcceptor(settings.directory(), settings.self());
    host = new GroupHost(settings, machines, groups, cluster, clock, submissions, this::execute);
    founding =
        new Founding(settings, acceptor, link, cluster, clock, random, this::execute, this::hold);
    var upkeep = new Upkeep(settings, host, groups, cluster, founding, clock, this::execute);
    periodic =
        List.of(
            timers.every(FOUNDING_PERIOD, founding::tick),
            timers.every(UPKEEP_PERIOD, upkeep::tick));
    cluster.onChange(
        _ -> {
          founding.tick();
          if (!stopping) {
            upkeep.tick();
          }
        });
  }

  /**
   * Opens the groups, if the store is founded; else begins to found it, or to find it. Blocks while
   * the logs are read.
   *
   * @throws StoreDamagedException when this disk contradicts itself
   * @throws StoreMismatchException when the configuration says another store
   * @throws IOException when the port or the disk cannot be used
   */
  public void start() throws IOException {
    switch (acceptor.state()) {
      case Founded(var record) -> {
        host.open(record);
        opened.complete(null);
      }
      case Open _ -> founding.tick();
    }
  }

  /** All groups, the directory first. They are there before they are open. */
  public List<RaftGroup> groups() {
    return groups;
  }

  public RaftGroup group(int number) {
    return groups.get(number);
  }

  /** Ends when the groups are open here; fails when they cannot be. */
  public CompletableFuture<Void> opened() {
    return opened.copy();
  }

  // The view still changes, and others still ask, while this node closes.
  private void execute(Runnable task) {
    try {
      waiting.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("closing", e);
    }
  }

  /** Sees that the groups of the founded store are open. */
  private CompletableFuture<Void> hold() {
    return CompletableFuture.runAsync(this::openFounded, this::execute);
  }

  private void openFounded() {
    if (acceptor.state() instanceof Founded(var record)) {
      try {
        host.open(record);
        opened.complete(null);
      } catch (IOException | RuntimeException e) {
        LOG.error("cannot open the store", e);
        opened.completeExceptionally(e);
        throw new IllegalStateException("cannot open the store", e);
      }
    }
  }

  /**
   * Gives away what this node leads, before it stops; a stop without it costs an election. The node
   * must be seen as not ready by then, or the others give it back.
   *
   * @return ends when it is done, or cannot be done; never fails
   */
  public CompletableFuture<Void> handOver() {
    stopping = true;
    periodic.forEach(Timers.Timer::cancel);
    return CompletableFuture.runAsync(
        () ->
            host.running()
                .ifPresent(
                    now ->
                        groups.forEach(
                            g -> HandOver.run(now.server(), g, settings.self(), cluster))),
        this::execute);
  }

  @Override
  public void close() {
    periodic.forEach(Timers.Timer::cancel);
    waiting.shutdown();
    host.close();
    submissions.close();
    try {
      if (!waiting.awaitTermination(CLOSING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("work of the store still waits at its end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
