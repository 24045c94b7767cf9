package org.malleposte.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.malleposte.link.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the leadership of a group away before this node stops, so that nobody waits for an
 * election. Ratis hands over only to the voter of the highest priority, so this node first makes
 * itself the lowest; when it is back, the leader of then restores what its role says.
 */
final class HandOver {
  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
  private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(2);
  private static final long CAUGHT_UP_ENTRIES = 200;
  private static final int LOWEST_PRIORITY = 0;

  private HandOver() {}

  /** Blocks. Does nothing when this node does not lead, or nobody can take over. */
  static void run(GroupServer server, RaftGroup group, Peer.Id self, Cluster cluster) {
    var peer = group.peer().filter(LocalPeer::leadsAndIsReady).filter(LocalPeer::isStable);
    if (peer.isEmpty()) {
      return;
    }
    var voters = peer.get().voters();
    var heir = heir(voters, self, cluster, peer.get());
    if (heir.isEmpty()) {
      return;
    }
    try {
      GroupServer.require(server.setVoters(group.number(), voters, humbled(voters, self)).join());
      GroupServer.require(
          server.transfer(group.number(), heir.get().id(), TRANSFER_TIMEOUT).join());
      LOG.info("group {}: handed over to {}", group.number(), heir.get().name());
    } catch (IOException | CompletionException e) {
      // The others elect one when this node is gone.
      LOG.info("group {}: not handed over: {}", group.number(), e.toString());
    }
  }

  private static Optional<Peer> heir(
      List<Peer> voters, Peer.Id self, Cluster cluster, LocalPeer here) {
    var alive = Peer.live(cluster.view()).stream().map(Peer::id).toList();
    int highest =
        voters.stream()
            .filter(p -> !p.id().equals(self))
            .mapToInt(Peer::priority)
            .max()
            .orElse(LOWEST_PRIORITY);
    return voters.stream()
        .filter(p -> !p.id().equals(self) && alive.contains(p.id()))
        .filter(p -> p.priority() == highest && here.hasCaughtUp(p, CAUGHT_UP_ENTRIES))
        .min(Comparator.comparing(Peer::name));
  }

  private static List<Peer> humbled(List<Peer> voters, Peer.Id self) {
    return voters.stream()
        .map(p -> p.id().equals(self) ? p.withPriority(LOWEST_PRIORITY) : p)
        .toList();
  }
}
