package org.malleposte.raft;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;
import org.malleposte.raft.ReconfigurationPlan.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the voters of one group in step with the nodes that are there. Acts only where this node
 * leads the group; the configuration itself is agreed through the log, so two that both believe to
 * lead cannot disagree.
 */
final class Reconfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);
  // A change that failed, because its node went away again, is not tried all the time.
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(2);
  // Writes wait while the last entries go over, so there must be few.
  private static final long CAUGHT_UP_ENTRIES = 200;

  private final RaftGroup group;
  private final Peer.Id self;
  private final Cluster cluster;
  private final Founding founding;
  private final Duration warmUp;
  private final InstantSource clock;
  private final Executor executor;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile Instant notBefore = Instant.MIN;
  private final Map<Process, Instant> readySince = new HashMap<>(); // of who is busy

  /** What must get warm: a node that is back is another one. */
  private record Process(NodeName name, Instant started) {
    static Process of(Member member) {
      return new Process(member.name(), member.since());
    }
  }

  /**
   * @param warmUp how long a node is at work before it gets the lead that its role gives it
   * @param executor for work that waits; virtual threads
   */
  Reconfiguration(
      RaftGroup group,
      Peer.Id self,
      Cluster cluster,
      Founding founding,
      Duration warmUp,
      InstantSource clock,
      Executor executor) {
    this.group = group;
    this.self = self;
    this.cluster = cluster;
    this.founding = founding;
    this.warmUp = warmUp;
    this.clock = clock;
    this.executor = executor;
  }

  /** Looks once whether something should change, unless a change is under way. Returns at once. */
  void tick(GroupServer server, FoundingRecord record) {
    if (group.peer().map(LocalPeer::leadsAndIsReady).orElse(false)
        && !clock.instant().isBefore(notBefore)
        && busy.compareAndSet(false, true)) {
      executor.execute(
          () -> {
            try {
              step(server, record);
            } catch (IOException | CompletionException e) {
              notBefore = clock.instant().plus(PAUSE_AFTER_FAILURE);
              LOG.warn("group {}: configuration not changed: {}", group.number(), e.toString());
            } finally {
              busy.set(false);
            }
          });
    }
  }

  private void step(GroupServer server, FoundingRecord record) throws IOException {
    var peer = group.peer();
    if (peer.isEmpty() || !peer.get().isStable()) {
      return;
    }
    var voters = peer.get().voters();
    var view = cluster.view();
    noteReady(view);
    var step =
        ReconfigurationPlan.next(
            voters,
            self,
            Peer.live(view),
            p -> view.member(p.name()).map(this::isWarm).orElse(false),
            p -> peer.get().hasCaughtUp(p, CAUGHT_UP_ENTRIES));
    switch (step) {
      case Step.Nothing() -> {}
      case Step.Change(var next, var joining) -> change(server, record, voters, next, joining);
      case Step.Transfer(var to) -> transfer(server, to);
    }
  }

  private void noteReady(ClusterView view) {
    var ready = view.members().stream().filter(Member::ready).map(Process::of).toList();
    readySince.keySet().retainAll(ready);
    ready.forEach(p -> readySince.putIfAbsent(p, clock.instant()));
  }

  private boolean isWarm(Member member) {
    var since = readySince.get(Process.of(member));
    return since != null && !clock.instant().isBefore(since.plus(warmUp));
  }

  private void change(
      GroupServer server,
      FoundingRecord record,
      List<Peer> voters,
      List<Peer> next,
      Optional<Peer> joining)
      throws IOException {
    // A peer that does not hold the group makes Ratis wait for it for ever.
    if (joining.isPresent() && !founding.holds(joining.get(), record)) {
      throw new IOException(joining.get().id() + " does not hold the group yet");
    }
    LOG.info("group {}: voters {} become {}", group.number(), voters, next);
    GroupServer.require(server.setVoters(group.number(), voters, next).join());
    LOG.info("group {}: voters are {}", group.number(), next);
  }

  // Ratis hands over to the peer of the highest priority by itself, but only when it is idle.
  private void transfer(GroupServer server, Peer to) throws IOException {
    LOG.info("group {}: handing over to {}", group.number(), to.id());
    GroupServer.require(server.transfer(group.number(), to.id(), TRANSFER_TIMEOUT).join());
  }
}
