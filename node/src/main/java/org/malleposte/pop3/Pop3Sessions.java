package org.malleposte.pop3;

import java.util.HashMap;
import java.util.Map;
import org.malleposte.auth.PeerNetwork;

/** Counts the sessions of this node, over all event loops. Thread-safe. */
public final class Pop3Sessions {
  private final int max;
  private final int maxPerAddress;
  private final Map<String, Integer> byNetwork = new HashMap<>(); // guarded by this
  private int total; // guarded by this

  public Pop3Sessions(Pop3Limits limits) {
    this.max = limits.sessions();
    this.maxPerAddress = limits.sessionsPerAddress();
  }

  /** Whether one more may come; then {@link #end} must follow. */
  synchronized boolean begin(String address) {
    var network = PeerNetwork.of(address);
    int of = network.map(n -> byNetwork.getOrDefault(n, 0)).orElse(0);
    if (total >= max || of >= maxPerAddress) {
      return false;
    }
    total++;
    network.ifPresent(n -> byNetwork.put(n, of + 1));
    return true;
  }

  synchronized void end(String address) {
    total--;
    PeerNetwork.of(address)
        .ifPresent(n -> byNetwork.computeIfPresent(n, (_, of) -> of == 1 ? null : of - 1));
  }
}
