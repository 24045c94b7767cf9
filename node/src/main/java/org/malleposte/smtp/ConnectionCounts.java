package org.malleposte.smtp;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.auth.PeerNetwork;
import org.malleposte.smtp.SmtpLimits.Counts;

/** Connections of all clients, and of each, over all instances. Thread-safe. */
final class ConnectionCounts {
  /** Whether one more may come in. */
  enum Admission {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_OF_CLIENT
  }

  private final Counts limits;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<String, Integer> byNetwork = new ConcurrentHashMap<>();

  ConnectionCounts(Counts limits) {
    this.limits = limits;
  }

  /**
   * Counts a connection, unless it is too many. Each admitted one is left once.
   *
   * @param peer loopback has no limit of its own: proxies and the machine's own programs
   */
  Admission enter(InetAddress peer) {
    if (all.incrementAndGet() > limits.connections()) {
      all.decrementAndGet();
      return Admission.TOO_MANY;
    }
    int ofClient = PeerNetwork.of(peer).map(n -> byNetwork.merge(n, 1, Integer::sum)).orElse(0);
    if (ofClient > limits.clientConnections()) {
      leave(peer);
      return Admission.TOO_MANY_OF_CLIENT;
    }
    return Admission.ADMITTED;
  }

  void leave(InetAddress peer) {
    all.decrementAndGet();
    PeerNetwork.of(peer)
        .ifPresent(network -> byNetwork.computeIfPresent(network, (_, n) -> n > 1 ? n - 1 : null));
  }

  int open() {
    return all.get();
  }
}
