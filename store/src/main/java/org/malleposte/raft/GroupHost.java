package org.malleposte.raft;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.protocol.RaftGroupId;
import org.malleposte.link.Cluster;
import org.malleposte.runtime.BlockingLane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the founded store's groups on this node, and closes and opens them again when they must.
 * One such step at a time; all of them block.
 */
final class GroupHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupHost.class);
  private static final Duration SNAPSHOT_TIMEOUT = Duration.ofMinutes(5);

  /** What is open; replaced as a whole. */
  record Running(GroupServer server, FoundingRecord founding) {}

  private final RaftSettings settings;
  private final RaftNode.StateMachines machines;
  private final List<RaftGroup> groups;
  private final Cluster cluster;
  private final InstantSource clock;
  private final BlockingLane submissions;
  private final Executor executor;
  private final PeerAddresses addresses = new PeerAddresses();
  private final ReentrantLock step = new ReentrantLock();
  private volatile Optional<Running> running = Optional.empty();
  private boolean closed;

  /**
   * @param executor for work that waits; virtual threads
   */
  GroupHost(
      RaftSettings settings,
      RaftNode.StateMachines machines,
      List<RaftGroup> groups,
      Cluster cluster,
      InstantSource clock,
      BlockingLane submissions,
      Executor executor) {
    this.settings = settings;
    this.machines = machines;
    this.groups = groups;
    this.cluster = cluster;
    this.clock = clock;
    this.submissions = submissions;
    this.executor = executor;
  }

  Optional<Running> running() {
    return running;
  }

  /** Sees that all groups are open. */
  void open(FoundingRecord founding) throws IOException {
    step.lock();
    try {
      requireOpenable(founding);
      if (running.isEmpty()) {
        openAll(founding);
      } else {
        reopenEnded(running.get());
      }
    } finally {
      step.unlock();
    }
  }

  private void requireOpenable(FoundingRecord founding) throws IOException {
    if (closed) {
      throw new IOException("the store is closed");
    }
    if (founding.groups() != groups.size()) {
      throw new StoreMismatchException(
          "the store was founded with " + founding.groups() + " groups, not " + groups.size());
    }
    if (!founding.cluster().equals(settings.cluster())) {
      throw new StoreMismatchException(
          "the store belongs to cluster " + founding.cluster() + ", not " + settings.cluster());
    }
  }

  private void openAll(FoundingRecord founding) throws IOException {
    var live = Peer.live(cluster.view());
    addresses.restart(live);
    addresses.hear(founding.peers());
    var server =
        GroupServer.create(
            settings,
            founding,
            id -> adapter(founding, id),
            live.stream().map(Peer::raft).toList());
    try {
      for (var group : groups) {
        // What failed may have left the disk in doubt; only a new process may trust it again.
        if (!group.isFailed()) {
          open(server, group);
        }
      }
      server.listen();
    } catch (IOException | RuntimeException e) {
      groups.forEach(RaftGroup::closed);
      server.close();
      throw e;
    }
    running = Optional.of(new Running(server, founding));
  }

  // Ratis ends a group when its peer was taken out of it; it may be put in again.
  private void reopenEnded(Running now) throws IOException {
    for (var group : groups) {
      if (group.peer().map(p -> !p.isAlive()).orElse(false)) {
        now.server().remove(group.number());
        open(now.server(), group);
      }
    }
  }

  private void open(GroupServer server, RaftGroup group) throws IOException {
    server.open(group.number());
    group.opened(new LocalPeer(server.server(), server.id(group.number()), submissions));
  }

  /** Starts the server anew if a peer has moved: Ratis would look for it where it was. */
  void followMoved() throws IOException {
    if (addresses.moved(Peer.live(cluster.view())).isEmpty()) {
      return;
    }
    step.lock();
    try {
      var now = running;
      if (now.isPresent() && !closed) {
        LOG.warn("starting again, peers have moved: {}", addresses);
        running = Optional.empty();
        groups.forEach(RaftGroup::closed);
        now.get().server().close();
        openAll(now.get().founding());
      }
    } finally {
      step.unlock();
    }
  }

  /** The group's configurations name these; Ratis has heard of them. */
  void heard(List<Peer> peers) {
    addresses.hear(peers);
  }

  /** Goes on with one voter, see {@link LoneSurvivor}. */
  void goOnAlone(RaftGroup group, Peer self) throws IOException {
    step.lock();
    try {
      var now = running;
      var peer = group.peer();
      if (now.isEmpty() || peer.isEmpty() || closed || group.leader().isPresent()) {
        return;
      }
      LOG.warn("group {}: the other voter's disk is gone, going on alone", group.number());
      var configuration = LoneSurvivor.configuration(peer.get().division(), self);
      group.closed();
      now.get().server().remove(group.number());
      LoneSurvivor.write(configuration, now.get().server().directory(group.number()));
      open(now.get().server(), group);
    } finally {
      step.unlock();
    }
  }

  private StateMachineAdapter adapter(FoundingRecord founding, RaftGroupId id) {
    var group =
        groups.stream()
            .filter(g -> founding.groupId(g.number()).equals(id.getUuid()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no group of ours: " + id));
    var tuning = settings.tuning();
    var directory = settings.directory().resolve("state").resolve("" + group.number());
    return new StateMachineAdapter(
        () -> machines.create(group.number(), directory, founding.founded()),
        new SnapshotDirectory(clock),
        new StateMachineAdapter.SnapshotLimits(tuning.snapshotEntries(), tuning.snapshotBytes()),
        group.appliedIndex(),
        new Events(group));
  }

  private final class Events implements StateMachineAdapter.Events {
    private final RaftGroup group;

    Events(RaftGroup group) {
      this.group = group;
    }

    @Override
    public void snapshotDue() {
      executor.execute(() -> running.ifPresent(this::takeSnapshot));
    }

    private void takeSnapshot(Running now) {
      try {
        GroupServer.require(now.server().takeSnapshot(group.number(), SNAPSHOT_TIMEOUT).join());
      } catch (IOException | CompletionException e) {
        // It is due again after as many entries.
        LOG.warn("no snapshot of group {}: {}", group.number(), e.toString());
      }
    }

    @Override
    public void failed(String what, Throwable cause) {
      LOG.error("group {} ends on this node: {}", group.number(), what, cause);
      group.failed(what + ": " + cause);
      executor.execute(() -> running.ifPresent(this::end));
    }

    @Override
    public void votedOut() {
      LOG.info("group {}: others vote in this node's place", group.number());
      group.peer().ifPresent(LocalPeer::votedOut);
    }

    // It must not vote either: what its log holds may be damaged.
    private void end(Running now) {
      try {
        now.server().remove(group.number());
      } catch (IOException e) {
        LOG.error("group {} does not end", group.number(), e);
      }
    }
  }

  @Override
  public void close() {
    step.lock();
    try {
      closed = true;
      groups.forEach(RaftGroup::closed);
      running.ifPresent(now -> now.server().close());
      running = Optional.empty();
    } finally {
      step.unlock();
    }
  }
}
