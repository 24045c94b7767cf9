package org.malleposte.raft;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where Ratis looks for each peer. It keeps the first address that it hears for as long as it runs,
 * whatever the configuration says later; so when one moves, the server must be started again.
 * Thread-safe.
 */
final class PeerAddresses {
  private final Map<Peer.Id, String> used = new HashMap<>();

  /** The server starts, and hears of {@code live} first. */
  synchronized void restart(Collection<Peer> live) {
    used.clear();
    hear(live);
  }

  /** The server hears of these. */
  synchronized void hear(Collection<Peer> peers) {
    peers.forEach(p -> used.putIfAbsent(p.id(), p.address()));
  }

  /** The peers that are elsewhere now. */
  synchronized List<Peer> moved(Collection<Peer> live) {
    return live.stream()
        .filter(p -> !used.getOrDefault(p.id(), p.address()).equals(p.address()))
        .toList();
  }
}
