package org.malleposte.imap;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.auth.PeerNetwork;
import org.malleposte.mail.AccountName;

/** Counts sessions of this node against their limits, over all instances. Thread-safe. */
final class ImapGate {
  private final ImapSettings settings;
  private final AtomicInteger sessions = new AtomicInteger();
  private final Map<String, Integer> byNetwork = new HashMap<>();
  private final Map<Of, Integer> byAccount = new HashMap<>();

  /**
   * @param network empty for loopback
   */
  private record Of(AccountName account, Optional<String> network) {}

  ImapGate(ImapSettings settings) {
    this.settings = settings;
  }

  /** Whether the node has room. Every {@code true} needs a {@link #leave}. */
  boolean enter() {
    if (sessions.incrementAndGet() > settings.sessionsMax()) {
      sessions.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    sessions.decrementAndGet();
  }

  boolean enterFrom(String address) {
    return PeerNetwork.of(address)
        .map(network -> enter(byNetwork, network, settings.sessionsPerAddressMax()))
        .orElse(true);
  }

  void leaveFrom(String address) {
    PeerNetwork.of(address).ifPresent(network -> leave(byNetwork, network));
  }

  boolean enterAs(AccountName account, String address) {
    return enter(
        byAccount, new Of(account, PeerNetwork.of(address)), settings.sessionsPerAccountMax());
  }

  void leaveAs(AccountName account, String address) {
    leave(byAccount, new Of(account, PeerNetwork.of(address)));
  }

  int sessions() {
    return sessions.get();
  }

  private static <K> boolean enter(Map<K, Integer> counts, K key, int max) {
    synchronized (counts) {
      int count = counts.getOrDefault(key, 0);
      if (count >= max) {
        return false;
      }
      counts.put(key, count + 1);
      return true;
    }
  }

  private static <K> void leave(Map<K, Integer> counts, K key) {
    synchronized (counts) {
      counts.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
    }
  }
}
