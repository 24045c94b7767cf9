package org.malleposte.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the replicated store: one Raft server with a group for the directory (0) and
 * one for each shard.
 *
 * <p>Nothing is open until the store is founded, see {@link Founding}; {@link #opened()} tells.
 * What fails for good, fails loudly: the group's health says why, the log too, and the node serves
 * it no more.
 */
public final class RaftNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
  private static final Duration FOUNDING_PERIOD = Duration.ofMillis(500);
  private static final Duration SNAPSHOT_TIMEOUT = Duration.ofMinutes(5);
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
     */
    StateMachine create(int group, Path directory);
  }

  private final RaftSettings settings;
  private final InstantSource clock;
  private final StateMachines machines;
  private final Cluster cluster;
  private final FoundingAcceptor acceptor;
  private final Founding founding;
  private final List<RaftGroup> groups;
  private final BlockingLane submissions =
      new BlockingLane("raft-submit", SUBMITTING_THREADS, MAX_WAITING_SUBMISSIONS);
  private final ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final ReentrantLock opening = new ReentrantLock();
  private final Timers.Timer foundingTimer;
  private GroupServer server;
  private boolean closed;

  /** Offers this node's services; {@link #start} makes it a peer. */
  public RaftNode(
      RaftSettings settings,
      NodeLink link,
      Cluster cluster,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      StateMachines machines) {
    this.settings = settings;
    this.clock = clock;
    this.machines = machines;
    this.cluster = cluster;
    acceptor = new FoundingAcceptor(settings.directory(), settings.self());
    var caller = new UUID(random.nextLong(), random.nextLong());
    var all = new ArrayList<RaftGroup>();
    for (int i = 0; i < settings.groups(); i++) {
      all.add(new RaftGroup(i, caller, link, cluster, timers, clock, submissions));
    }
    groups = List.copyOf(all);
    founding = new Founding(settings, acceptor, link, cluster, random, waiting, this::hold);
    foundingTimer = timers.every(FOUNDING_PERIOD, founding::tick);
  }

  /**
   * Opens the groups, if the store is founded; else begins to found it, or to find it. Blocks while
   * the logs are read.
   *
   * @throws StoreDamagedException when this disk contradicts itself
   * @throws IOException when the port or the disk cannot be used
   */
  public void start() throws IOException {
    switch (acceptor.state()) {
      case FoundingState.Founded(var record) -> open(record);
      case FoundingState.Open _ -> founding.tick();
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

  /** Sees that the groups of the founded store are open. */
  private CompletableFuture<Void> hold() {
    return CompletableFuture.runAsync(
        () -> {
          if (acceptor.state() instanceof FoundingState.Founded(var record)) {
            try {
              open(record);
            } catch (IOException | RuntimeException e) {
              LOG.error("cannot open the store", e);
              opened.completeExceptionally(e);
              throw new IllegalStateException("cannot open the store", e);
            }
          }
        },
        waiting);
  }

  private void open(FoundingRecord record) throws IOException {
    opening.lock();
    try {
      if (closed) {
        throw new IOException("closed");
      }
      if (server == null) {
        openAll(record);
      } else {
        reopenEnded();
      }
    } finally {
      opening.unlock();
    }
  }

  private void openAll(FoundingRecord record) throws IOException {
    if (record.groups() != settings.groups()) {
      throw new StoreMismatchException(
          "the store was founded with " + record.groups() + " groups, not " + settings.groups());
    }
    if (!record.cluster().equals(settings.cluster())) {
      throw new StoreMismatchException(
          "the store belongs to cluster " + record.cluster() + ", not " + settings.cluster());
    }
    var known = Peer.live(cluster.view()).stream().map(Peer::raft).toList();
    server = GroupServer.start(settings, record, this::adapter, known);
    for (var group : groups) {
      server.open(group.number());
      group.opened(server.server(), server.id(group.number()));
    }
    opened.complete(null);
  }

  // Ratis ends a group whose peer was taken out of it; it may be put in again.
  private void reopenEnded() throws IOException {
    for (var group : groups) {
      boolean ended = group.division().map(d -> !d.getInfo().isAlive()).orElse(false);
      if (ended) {
        server.reopen(group.number());
        group.opened(server.server(), server.id(group.number()));
      }
    }
  }

  private StateMachineAdapter adapter(RaftGroupId id) {
    var group =
        groups.stream()
            .filter(g -> server(id, g))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no group of ours: " + id));
    var tuning = settings.tuning();
    return new StateMachineAdapter(
        () ->
            machines.create(
                group.number(), settings.directory().resolve("state").resolve("" + group.number())),
        new SnapshotDirectory(clock),
        new StateMachineAdapter.SnapshotLimits(tuning.snapshotEntries(), tuning.snapshotBytes()),
        group.appliedIndex(),
        new GroupEvents(group));
  }

  private boolean server(RaftGroupId id, RaftGroup group) {
    return acceptor.state() instanceof FoundingState.Founded(var record)
        && record.groupId(group.number()).equals(id.getUuid());
  }

  private final class GroupEvents implements StateMachineAdapter.Events {
    private final RaftGroup group;

    GroupEvents(RaftGroup group) {
      this.group = group;
    }

    @Override
    public void snapshotDue() {
      waiting.execute(() -> takeSnapshot(group));
    }

    @Override
    public void failed(String what, Throwable cause) {
      LOG.error("group {} ends on this node: {}", group.number(), what, cause);
      group.failed(what + ": " + cause);
    }
  }

  private void takeSnapshot(RaftGroup group) {
    var current = server;
    if (current == null) {
      return;
    }
    current
        .server()
        .snapshotManagementAsync(
            SnapshotManagementRequest.newCreate(
                current.client(),
                current.server().getId(),
                current.id(group.number()),
                current.nextCall(),
                SNAPSHOT_TIMEOUT.toMillis(),
                1))
        .whenComplete(
            (reply, e) -> {
              if (e != null || !reply.isSuccess()) {
                LOG.warn("no snapshot of group {}: {}", group.number(), reply, e);
              }
            });
  }

  @Override
  public void close() {
    foundingTimer.cancel();
    opening.lock();
    try {
      closed = true;
      groups.forEach(RaftGroup::closed);
      if (server != null) {
        server.close();
      }
    } finally {
      opening.unlock();
    }
    submissions.close();
    waiting.shutdown();
    try {
      if (!waiting.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("work of the store still waits at its end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
