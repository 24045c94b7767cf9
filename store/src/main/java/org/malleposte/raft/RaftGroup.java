package org.malleposte.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.raft.GroupHealth.Condition;
import org.malleposte.raft.LeaderCall.Answer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;

/**
 * One group on this node: takes proposals to its leader, and knows what has been applied here.
 *
 * <p>It is there before the store is founded; proposals then wait, and fail when their time is
 * over. Thread-safe; never blocks.
 */
public final class RaftGroup implements ReplicatedGroup {
  private static final String SERVICE = "raft.propose.";

  /** What Ratis has opened for this group. */
  private record Open(RaftServer server, RaftGroupId id, RaftServer.Division division) {}

  private sealed interface State {
    record Closed() implements State {}

    record Running(Open open) implements State {}

    record Failed(String reason) implements State {}
  }

  private final int number;
  private final NodeName self;
  private final UUID caller;
  private final NodeLink link;
  private final Cluster cluster;
  private final Timers timers;
  private final InstantSource clock;
  private final BlockingLane submissions;
  private final AppliedIndex applied = new AppliedIndex();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile State state = new State.Closed();

  /**
   * @param caller names this process; Ratis knows repeats by it
   * @param submissions for Ratis's calls, which may block
   */
  RaftGroup(
      int number,
      UUID caller,
      NodeLink link,
      Cluster cluster,
      Timers timers,
      InstantSource clock,
      BlockingLane submissions) {
    this.number = number;
    this.self = link.self();
    this.caller = caller;
    this.link = link;
    this.cluster = cluster;
    this.timers = timers;
    this.clock = clock;
    this.submissions = submissions;
    link.serve(
        SERVICE + number,
        (_, request) -> here(LeaderCall.decode(request)).thenApply(LeaderCall::encode));
  }

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

  @Override
  public CompletableFuture<Void> applied(long index) {
    return applied.await(index);
  }

  @Override
  public Optional<NodeName> leader() {
    return state instanceof State.Running(var open) && open.division.getInfo().isAlive()
        ? Optional.ofNullable(open.division.getInfo().getLeaderId())
            .map(id -> Peer.Id.of(id).name())
        : Optional.empty();
  }

  public GroupHealth health() {
    return switch (state) {
      case State.Closed() -> health(new Condition.Closed());
      case State.Failed(var reason) -> health(new Condition.Failed(reason));
      case State.Running(var open) -> health(open);
    };
  }

  private GroupHealth health(Condition condition) {
    return new GroupHealth(
        number, condition, Optional.empty(), 0, 0, applied.get(), List.of(), Duration.ZERO);
  }

  private GroupHealth health(Open open) {
    var info = open.division.getInfo();
    if (!info.isAlive()) {
      return health(new Condition.Closed());
    }
    var role = info.getRoleInfoProto();
    return new GroupHealth(
        number,
        condition(open, info.getCurrentRole()),
        leader(),
        info.getCurrentTerm(),
        open.division.getRaftLog().getLastCommittedIndex(),
        applied.get(),
        voters().stream().map(Peer::name).toList(),
        sinceContact(role));
  }

  private static Condition condition(Open open, RaftPeerRole role) {
    if (open.division.getRaftConf().getPeer(open.server.getId()) == null) {
      return new Condition.Spare();
    }
    return switch (role) {
      case LEADER -> new Condition.Leader();
      case CANDIDATE -> new Condition.Candidate();
      case FOLLOWER, LISTENER, UNRECOGNIZED -> new Condition.Follower();
    };
  }

  private static Duration sinceContact(RoleInfoProto role) {
    return switch (role.getPeerInfoCase()) {
      case FOLLOWERINFO ->
          Duration.ofMillis(role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs());
      case CANDIDATEINFO -> Duration.ofMillis(role.getCandidateInfo().getLastLeaderElapsedTimeMs());
      case LEADERINFO, PEERINFO_NOT_SET -> Duration.ZERO;
    };
  }

  /** The voters by the latest configuration that this node has in its log. */
  List<Peer> voters() {
    return state instanceof State.Running(var open)
        ? open.division.getRaftConf().getCurrentPeers().stream()
            .map((RaftPeer p) -> Peer.of(p))
            .toList()
        : List.of();
  }

  /** Whether no change of the voters is under way, as far as this node's log says. */
  boolean isStable() {
    return state instanceof State.Running(var open)
        && open.division.getInfo().isAlive()
        && open.division.getRaftConf().getPreviousPeers().isEmpty();
  }

  boolean leadsAndIsReady() {
    return state instanceof State.Running(var open)
        && open.division.getInfo().isAlive()
        && open.division.getInfo().isLeaderReady();
  }

  AppliedIndex appliedIndex() {
    return applied;
  }

  Optional<RaftServer.Division> division() {
    return state instanceof State.Running(var open) ? Optional.of(open.division) : Optional.empty();
  }

  void opened(RaftServer server, RaftGroupId id) throws IOException {
    state = new State.Running(new Open(server, id, server.getDivision(id)));
  }

  void closed() {
    if (state instanceof State.Running) {
      state = new State.Closed();
    }
  }

  void failed(String reason) {
    state = new State.Failed(reason);
    applied.fail(new IllegalStateException(reason));
  }

  private final LeaderSearch.Route route =
      new LeaderSearch.Route() {
        @Override
        public Optional<NodeName> next() {
          return leader().or(RaftGroup.this::someone);
        }

        @Override
        public CompletableFuture<Answer> call(NodeName node, LeaderCall call, Duration timeout) {
          if (node.equals(self)) {
            return here(call);
          }
          return link.request(node, SERVICE + number, LeaderCall.encode(call), timeout)
              .thenApply(LeaderCall::answer)
              .exceptionally(e -> new Answer.Later(reason(e)));
        }
      };

  /** A peer hears of the next leader by itself; who is none must ask around. */
  private Optional<NodeName> someone() {
    boolean peer = voters().stream().anyMatch(p -> p.name().equals(self));
    var others = cluster.view().others().stream().filter(m -> !m.storeId().isEmpty()).toList();
    return peer || others.isEmpty()
        ? Optional.empty()
        : Optional.of(others.get(turn.getAndIncrement() % others.size()))
            .map(ClusterView.Member::name);
  }

  /** Does what a leader does, if this node is it. */
  private CompletableFuture<Answer> here(LeaderCall call) {
    if (!(state instanceof State.Running(var open))) {
      return CompletableFuture.completedFuture(new Answer.NotLeader(Optional.empty()));
    }
    var info = open.division.getInfo();
    if (!info.isAlive() || !info.isLeader()) {
      return CompletableFuture.completedFuture(new Answer.NotLeader(leader()));
    }
    try {
      return submissions
          .call(() -> open.server.submitClientRequestAsync(request(open, call)))
          .thenCompose(reply -> reply)
          .thenApply(reply -> answer(call, reply))
          .exceptionally(e -> new Answer.Later(reason(e)));
    } catch (RejectedExecutionException _) {
      return CompletableFuture.completedFuture(new Answer.Later("too many proposals wait"));
    }
  }

  private static RaftClientRequest request(Open open, LeaderCall call) {
    var builder =
        RaftClientRequest.newBuilder()
            .setClientId(ClientId.valueOf(call.caller()))
            .setServerId(open.server.getId())
            .setGroupId(open.id)
            .setCallId(call.number());
    return switch (call) {
      case LeaderCall.Propose(_, _, var entry) ->
          builder
              .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
              .setType(RaftClientRequest.writeRequestType())
              .build();
      case LeaderCall.ReadIndex _ ->
          builder.setMessage(Message.EMPTY).setType(RaftClientRequest.readRequestType()).build();
    };
  }

  private Answer answer(LeaderCall call, RaftClientReply reply) {
    if (!reply.isSuccess()) {
      return reply.getException() instanceof NotLeaderException notLeader
          ? new Answer.NotLeader(
              Optional.ofNullable(notLeader.getSuggestedLeader()).map(p -> Peer.of(p).name()))
          : new Answer.Later(String.valueOf(reply.getException()));
    }
    ByteBuffer content = reply.getMessage().getContent().asReadOnlyByteBuffer();
    return switch (call) {
      case LeaderCall.ReadIndex _ -> new Answer.Done(content.getLong(), new byte[0]);
      case LeaderCall.Propose _ -> {
        if (content.get() == StateMachineAdapter.ANSWER_GONE) {
          yield new Answer.Forgotten();
        }
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        yield new Answer.Done(reply.getLogIndex(), bytes);
      }
    };
  }

  private static String reason(Throwable e) {
    return String.valueOf(
        e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
  }
}
