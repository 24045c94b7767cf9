package org.malleposte.raft;

import java.util.List;
import java.util.Optional;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeName;

/**
 * A voter of the store's groups: a node, with the disk it had when it joined.
 *
 * @param address {@code host:port} of its Raft server, as the others reach it
 * @param priority who should lead: the higher wins when it has caught up
 */
record Peer(NodeName name, String storeId, String address, int priority) {
  static final int PRIORITY_PRIMARY = 2;
  static final int PRIORITY_SECONDARY = 1;

  private static final char SEPARATOR = '@';

  /** Who a peer is, whatever its address: the part that votes. */
  record Id(NodeName name, String storeId) {
    RaftPeerId raft() {
      return RaftPeerId.valueOf(name.value() + SEPARATOR + storeId);
    }

    static Id of(RaftPeerId raft) {
      String text = raft.toString();
      int at = text.lastIndexOf(SEPARATOR);
      if (at < 0) {
        throw new IllegalArgumentException("not one of our peers: " + text);
      }
      return new Id(new NodeName(text.substring(0, at)), text.substring(at + 1));
    }
  }

  Id id() {
    return new Id(name, storeId);
  }

  Peer withPriority(int other) {
    return new Peer(name, storeId, address, other);
  }

  /** Of no higher priority than a secondary. */
  Peer humble() {
    return withPriority(Math.min(priority, PRIORITY_SECONDARY));
  }

  RaftPeer raft() {
    return RaftPeer.newBuilder()
        .setId(id().raft())
        .setAddress(address)
        .setPriority(priority)
        .build();
  }

  static Peer of(RaftPeer raft) {
    var id = Id.of(raft.getId());
    return new Peer(id.name(), id.storeId(), raft.getAddress(), raft.getPriority());
  }

  /** A live member as the peer it is, or would be; empty for a node without a store. */
  static Optional<Peer> of(ClusterView.Member member) {
    String address = member.addresses().get("raft");
    if (member.storeId().isEmpty() || address == null) {
      return Optional.empty();
    }
    int priority =
        switch (member.role()) {
          case PRIMARY -> PRIORITY_PRIMARY;
          case SECONDARY -> PRIORITY_SECONDARY;
        };
    return Optional.of(new Peer(member.name(), member.storeId(), address, priority));
  }

  /** The live nodes with a store, in the order of their names. */
  static List<Peer> live(ClusterView view) {
    return view.members().stream().map(Peer::of).flatMap(Optional::stream).toList();
  }
}
