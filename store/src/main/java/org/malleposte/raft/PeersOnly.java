package org.malleposte.raft;

import java.util.EnumSet;
import java.util.Optional;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/**
 * Stands before Ratis's server and lets through only what a peer says to <em>this</em> peer.
 *
 * <p>Ratis itself does not look whom a request is meant for. A node whose disk was wiped listens
 * where the old peer did, and would take its place: give votes that the old one may have given
 * already, and count for entries that the old one has lost.
 *
 * <p>What Ratis offers to its clients and administrators is closed: they could write to the store
 * and change who votes. Ours come through the node's own links.
 */
final class PeersOnly implements GrpcServices.Customizer, ServerInterceptor {
  private final Peer.Id self;

  PeersOnly(Peer.Id self) {
    this.self = self;
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    return builder.intercept(this);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (!RaftServerProtocolServiceGrpc.SERVICE_NAME.equals(service)) {
      return refuse(call, Status.PERMISSION_DENIED);
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        if (isForUs(message)) {
          super.onMessage(message);
        } else {
          refused = true;
          refuse(call, Status.FAILED_PRECONDITION.withDescription("this is " + self));
          super.onCancel();
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean isForUs(Object message) {
    return header(message)
        .map(RaftRpcRequestProto::getReplyId)
        .map(id -> id.equals(self.raft().toByteString()))
        .orElse(false);
  }

  private static Optional<RaftRpcRequestProto> header(Object message) {
    return switch (message) {
      case AppendEntriesRequestProto m -> Optional.of(m.getServerRequest());
      case RequestVoteRequestProto m -> Optional.of(m.getServerRequest());
      case InstallSnapshotRequestProto m -> Optional.of(m.getServerRequest());
      case ReadIndexRequestProto m -> Optional.of(m.getServerRequest());
      case StartLeaderElectionRequestProto m -> Optional.of(m.getServerRequest());
      default -> Optional.empty();
    };
  }
}
