package org.malleposte.raft;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/**
 * How the store began: who the first peers were, and how many groups there are. Later peers come
 * and go by configuration changes in the groups' logs; this never changes.
 *
 * @param id random, so that two stores that were founded by mistake can never mix
 * @param groups the directory and the shards
 * @param founded when, by the clock of the node that proposed it; whole seconds
 */
record FoundingRecord(String id, String cluster, int groups, Instant founded, List<Peer> peers) {
  /** Group numbers and the founding give the ids; a foreign peer has others and is refused. */
  UUID groupId(int group) {
    return UUID.nameUUIDFromBytes(
        (cluster + "/" + id + "/" + group).getBytes(StandardCharsets.UTF_8));
  }

  FoundingRecord {
    peers = List.copyOf(peers);
    var names = new HashSet<>(peers.stream().map(Peer::name).toList());
    if (peers.isEmpty() || names.size() != peers.size()) {
      throw new IllegalArgumentException("founders must be distinct nodes: " + peers);
    }
  }

  boolean contains(Peer.Id peer) {
    return peers.stream().anyMatch(p -> p.id().equals(peer));
  }
}
