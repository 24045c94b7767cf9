package org.malleposte.pop3;

import java.util.HashMap;
import java.util.Map;

/** Counts the sessions of this node, over all event loops. Thread-safe. */
public final class Pop3Sessions {
  private final int max;
  private final int maxPerAddress;
  private final Map<String, Integer> byAddress = new HashMap<>(); // guarded by this
  private int total; // guarded by this

  public Pop3Sessions(Pop3Limits limits) {
    this.max = limits.sessions();
    this.maxPerAddress = limits.sessionsPerAddress();
  }

  /** Whether one more may come; then {@link #end} must follow. */
  synchronized boolean begin(String address) {
    int of = byAddress.getOrDefault(address, 0);
    if (total >= max || of >= maxPerAddress) {
      return false;
    }
    total++;
    byAddress.put(address, of + 1);
    return true;
  }

  synchronized void end(String address) {
    total--;
    byAddress.computeIfPresent(address, (_, of) -> of == 1 ? null : of - 1);
  }
}
