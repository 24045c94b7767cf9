package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.GroupListRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.AdminProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;

/** What a node's Raft port answers. */
class PeersOnlyTest {
  @TempDir Path root;
  private final TestCluster cluster = new TestCluster();
  private TestNode node;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    var seat = TestNode.Seat.of("a", Role.PRIMARY, root, 1);
    node = cluster.start(seat);
    TestCluster.write(node, "one-", 1, 10);
    channel = NettyChannelBuilder.forTarget("127.0.0.1:" + seat.port()).usePlaintext().build();
  }

  @AfterEach
  void close() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    cluster.close();
  }

  private static Status.Code codeOf(Supplier<?> call) {
    try {
      call.get();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private RequestVoteRequestProto voteFor(Peer.Id receiver) {
    RaftGroupId group = node.group().peer().orElseThrow().division().getMemberId().getGroupId();
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(RaftPeerId.valueOf("b@0000000000000000").toByteString())
                .setReplyId(receiver.raft().toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString())))
        .setCandidateTerm(1000)
        .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(999).setIndex(1000))
        .build();
  }

  @Test
  void aVoteIsGivenOnlyUnderTheOwnId() {
    var stub = RaftServerProtocolServiceGrpc.newBlockingStub(channel);
    var self = new Peer.Id(node.name(), node.identity.id());
    assertThat(codeOf(() -> stub.requestVote(voteFor(self)))).isEqualTo(Status.Code.OK);
    var old = new Peer.Id(new NodeName("a"), "0000000000000000");
    assertThat(codeOf(() -> stub.requestVote(voteFor(old))))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
  }

  @Test
  void administratorsAreRefused() {
    var stub = AdminProtocolServiceGrpc.newBlockingStub(channel);
    assertThat(codeOf(() -> stub.groupList(GroupListRequestProto.getDefaultInstance())))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
  }
}
