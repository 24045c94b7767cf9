package org.malleposte.raft;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.raft.GroupHealth.Condition;
import org.malleposte.raft.LeaderCall.Answer;
import org.malleposte.runtime.Timers;

/**
 * One group on this node: takes proposals to its leader, and knows what has been applied here.
 *
 * <p>It is there before the store is founded; proposals then wait, and fail when their time is
 * over. Thread-safe; never blocks.
 */
public final class RaftGroup implements ReplicatedGroup {
  private static final String SERVICE = "raft.propose.";

  /** What this node has of the group. */
  private sealed interface State {
    record Closed() implements State {}

    record Running(LocalPeer peer) implements State {}

    record Failed(String reason) implements State {}
  }

  private final int number;
  private final NodeName self;
  private final UUID caller;
  private final Cluster cluster;
  private final Timers timers;
  private final InstantSource clock;
  private final LeaderSearch.Route route;
  private final AppliedIndex applied = new AppliedIndex();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile State state = new State.Closed();

  /**
   * @param caller names this process; Ratis knows repeats by it
   */
  RaftGroup(
      int number, UUID caller, NodeLink link, Cluster cluster, Timers timers, InstantSource clock) {
    this.number = number;
    this.self = link.self();
    this.caller = caller;
    this.cluster = cluster;
    this.timers = timers;
    this.clock = clock;
    this.route = new OverLink(link);
    link.serve(
        SERVICE + number,
        (_, request) -> here(LeaderCall.decode(request)).thenApply(LeaderCall::encode));
  }

  /** 0 is the directory. */
  public int number() {
    return number;
  }

  @Override
  public CompletableFuture<Committed> propose(byte[] entry, Duration timeout) {
    if (entry.length > MAX_ENTRY_BYTES) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("an entry of " + entry.length + " bytes"));
    }
    return LeaderSearch.start(
            route,
            timers,
            clock,
            () -> new LeaderCall.Propose(caller, numbers.incrementAndGet(), entry),
            timeout)
        .thenApply(done -> new Committed(done.index(), done.answer()));
  }

  @Override
  public CompletableFuture<Long> readIndex(Duration timeout) {
    return LeaderSearch.start(
            route,
            timers,
            clock,
            () -> new LeaderCall.ReadIndex(caller, numbers.incrementAndGet()),
            timeout)
        .thenApply(Answer.Done::index);
  }

  /** Fails when the group ends on this node. */
  @Override
  public CompletableFuture<Void> applied(long index) {
    return applied.await(index);
  }

  @Override
  public Optional<NodeName> leader() {
    return peer().flatMap(LocalPeer::leader);
  }

  public GroupHealth health() {
    return switch (state) {
      case State.Closed() -> health(new Condition.Closed());
      case State.Failed(var reason) -> health(new Condition.Failed(reason));
      case State.Running(var peer) ->
          peer.isAlive() ? peer.health(number, applied.get()) : health(new Condition.Closed());
    };
  }

  private GroupHealth health(Condition condition) {
    return new GroupHealth(
        number, condition, Optional.empty(), 0, 0, applied.get(), List.of(), Duration.ZERO);
  }

  Optional<LocalPeer> peer() {
    return state instanceof State.Running(var peer) ? Optional.of(peer) : Optional.empty();
  }

  List<Peer> voters() {
    return peer().map(LocalPeer::voters).orElse(List.of());
  }

  boolean isStable() {
    return peer().map(LocalPeer::isStable).orElse(false);
  }

  AppliedIndex appliedIndex() {
    return applied;
  }

  boolean isFailed() {
    return state instanceof State.Failed;
  }

  void opened(LocalPeer peer) {
    state = new State.Running(peer);
  }

  void closed() {
    if (state instanceof State.Running) {
      state = new State.Closed();
    }
  }

  /** For as long as this process lives. */
  void failed(String reason) {
    state = new State.Failed(reason);
    applied.fail(new IllegalStateException("group " + number + " has ended here: " + reason));
  }

  private CompletableFuture<Answer> here(LeaderCall call) {
    return peer()
        .map(peer -> peer.lead(call))
        .orElseGet(() -> CompletableFuture.completedFuture(new Answer.NotLeader(Optional.empty())));
  }

  private final class OverLink implements LeaderSearch.Route {
    private final NodeLink link;

    OverLink(NodeLink link) {
      this.link = link;
    }

    @Override
    public Optional<NodeName> next() {
      return leader().or(this::someone);
    }

    /** A voter hears of the next leader by itself; who is none must ask around. */
    private Optional<NodeName> someone() {
      boolean voter = peer().map(LocalPeer::isVoter).orElse(false);
      var others = cluster.view().others().stream().filter(m -> !m.storeId().isEmpty()).toList();
      return voter || others.isEmpty()
          ? Optional.empty()
          : Optional.of(others.get(Math.floorMod(turn.getAndIncrement(), others.size())))
              .map(ClusterView.Member::name);
    }

    @Override
    public CompletableFuture<Answer> call(NodeName node, LeaderCall call, Duration timeout) {
      if (node.equals(self)) {
        return here(call);
      }
      return link.request(node, SERVICE + number, LeaderCall.encode(call), timeout)
          .thenApply(LeaderCall::answer)
          .exceptionally(e -> new Answer.Later(LocalPeer.reason(e)));
    }
  }
}
