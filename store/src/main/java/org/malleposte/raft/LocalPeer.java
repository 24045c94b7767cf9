package org.malleposte.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.malleposte.link.NodeName;
import org.malleposte.raft.GroupHealth.Condition;
import org.malleposte.raft.LeaderCall.Answer;
import org.malleposte.runtime.BlockingLane;

/** A group that Ratis has opened in this process. Thread-safe; never blocks. */
final class LocalPeer {
  private final RaftServer server;
  private final RaftGroupId id;
  private final RaftServer.Division division;
  private final BlockingLane submissions;
  private volatile boolean votedOut;

  /**
   * @param submissions for Ratis's calls, which may block
   */
  LocalPeer(RaftServer server, RaftGroupId id, BlockingLane submissions) throws IOException {
    this.server = server;
    this.id = id;
    this.submissions = submissions;
    division = server.getDivision(id);
  }

  RaftServer.Division division() {
    return division;
  }

  private DivisionInfo info() {
    return division.getInfo();
  }

  boolean isAlive() {
    return info().isAlive();
  }

  /** The others have another voter in its place; it may come back. */
  void votedOut() {
    votedOut = true;
  }

  boolean hasEndedUnasked() {
    return !isAlive() && !votedOut;
  }

  boolean leadsAndIsReady() {
    return isAlive() && info().isLeaderReady();
  }

  boolean isVoter() {
    return division.getRaftConf().getPeer(server.getId()) != null;
  }

  /** Whether no change of the voters is under way, as far as the log here says. */
  boolean isStable() {
    return isAlive() && division.getRaftConf().getPreviousPeers().isEmpty();
  }

  /** By the latest configuration in the log here, committed or not. */
  List<Peer> voters() {
    return division.getRaftConf().getCurrentPeers().stream()
        .map((RaftPeer p) -> Peer.of(p))
        .toList();
  }

  Optional<NodeName> leader() {
    return isAlive()
        ? Optional.ofNullable(info().getLeaderId()).map(leader -> Peer.Id.of(leader).name())
        : Optional.empty();
  }

  /** Whether {@code peer} is at most {@code entries} behind; only the leader knows. */
  boolean hasCaughtUp(Peer peer, long entries) {
    long committed = division.getRaftLog().getLastCommittedIndex();
    var raft = peer.id().raft().toByteString();
    return division.getCommitInfos().stream()
        .filter(i -> raft.equals(i.getServer().getId()))
        .anyMatch(i -> i.getCommitIndex() + entries >= committed);
  }

  /** Looks after a snapshot that may be arriving. Blocks on disk. */
  void keepUpWithTransfer() {
    if (isAlive() && division.getStateMachine() instanceof StateMachineAdapter adapter) {
      adapter.keepUpWithTransfer();
    }
  }

  GroupHealth health(int number, long applied) {
    return new GroupHealth(
        number,
        condition(),
        leader(),
        info().getCurrentTerm(),
        division.getRaftLog().getLastCommittedIndex(),
        applied,
        voters().stream().map(Peer::name).toList(),
        sinceContact());
  }

  private Condition condition() {
    if (!isVoter()) {
      return new Condition.Spare();
    }
    return switch (info().getCurrentRole()) {
      case LEADER -> new Condition.Leader();
      case CANDIDATE -> new Condition.Candidate();
      case FOLLOWER, LISTENER, UNRECOGNIZED -> new Condition.Follower();
    };
  }

  private Duration sinceContact() {
    var role = info().getRoleInfoProto();
    return switch (role.getPeerInfoCase()) {
      case FOLLOWERINFO ->
          Duration.ofMillis(role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs());
      case CANDIDATEINFO -> Duration.ofMillis(role.getCandidateInfo().getLastLeaderElapsedTimeMs());
      case LEADERINFO, PEERINFO_NOT_SET -> Duration.ZERO;
    };
  }

  /** Does what a leader does, if this node is it. Never fails. */
  CompletableFuture<Answer> lead(LeaderCall call) {
    if (!isAlive() || !info().isLeader()) {
      return CompletableFuture.completedFuture(new Answer.NotLeader(leader()));
    }
    try {
      return submissions
          .call(() -> server.submitClientRequestAsync(request(call)))
          .thenCompose(reply -> reply)
          .thenApply(reply -> answer(call, reply))
          .exceptionally(e -> new Answer.Later(reason(e)));
    } catch (RejectedExecutionException _) {
      return CompletableFuture.completedFuture(new Answer.Later("too many proposals wait"));
    }
  }

  private RaftClientRequest request(LeaderCall call) {
    var builder =
        RaftClientRequest.newBuilder()
            .setClientId(ClientId.valueOf(call.caller()))
            .setServerId(server.getId())
            .setGroupId(id)
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

  private static Answer answer(LeaderCall call, RaftClientReply reply) {
    if (!reply.isSuccess()) {
      return reply.getException() instanceof NotLeaderException notLeader
          ? new Answer.NotLeader(
              Optional.ofNullable(notLeader.getSuggestedLeader()).map(p -> Peer.of(p).name()))
          : new Answer.Later(String.valueOf(reply.getException()));
    }
    ByteBuffer content = reply.getMessage().getContent().asReadOnlyByteBuffer();
    return switch (call) {
      case LeaderCall.ReadIndex _ -> new Answer.Done(content.getLong(), new byte[0]);
      case LeaderCall.Propose _ ->
          content.get() == StateMachineAdapter.ANSWER_GONE
              ? new Answer.Forgotten()
              : new Answer.Done(reply.getLogIndex(), rest(content));
    };
  }

  private static byte[] rest(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  static String reason(Throwable e) {
    boolean wrapped = e instanceof CompletionException && e.getCause() != null;
    return String.valueOf(wrapped ? e.getCause() : e);
  }
}
