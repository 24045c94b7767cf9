package org.malleposte.smtp;

import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.malleposte.auth.PeerNetwork;
import org.malleposte.smtp.SmtpLimits.Counts;

/**
 * Connections of all clients, and of each, over all instances: how many are open, and how fast they
 * come. Thread-safe.
 */
final class ConnectionCounts {
  /** Whether one more may come in. */
  enum Admission {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_OF_CLIENT,
    TOO_FAST
  }

  private static final long WINDOW_MILLIS = 60_000;

  /** Clients whose rate is known; beyond, others are let in uncounted. */
  private static final int MAX_RATES = 100_000;

  private record Window(long beganMillis, int count) {
    boolean isOver(long nowMillis) {
      return nowMillis - beganMillis >= WINDOW_MILLIS;
    }
  }

  private final Counts limits;
  private final ClientPolicy policy;
  private final LongSupplier millis;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<String, Integer> byNetwork = new ConcurrentHashMap<>();
  private final AtomicLong swept = new AtomicLong(Long.MIN_VALUE / 2);
  private final ConcurrentHashMap<String, Window> rates = new ConcurrentHashMap<>();

  /**
   * @param millis a clock that never steps
   */
  ConnectionCounts(Counts limits, ClientPolicy policy, LongSupplier millis) {
    this.limits = limits;
    this.policy = policy;
    this.millis = millis;
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
    Optional<String> network = PeerNetwork.of(peer);
    if (network.isEmpty()) {
      return Admission.ADMITTED;
    }
    String address = peer.getHostAddress();
    int open = byNetwork.merge(network.get(), 1, Integer::sum);
    if (isOver(open, policy.connections(address).orElse(limits.clientConnections()))) {
      leave(peer);
      return Admission.TOO_MANY_OF_CLIENT;
    }
    int limit = policy.connectionsPerMinute(address).orElse(limits.clientConnectionsPerMinute());
    if (limit > 0 && isOver(count(network.get()), limit)) {
      leave(peer);
      return Admission.TOO_FAST;
    }
    return Admission.ADMITTED;
  }

  private static boolean isOver(int count, int limit) {
    return limit > 0 && count > limit;
  }

  private int count(String network) {
    long now = millis.getAsLong();
    if (rates.size() >= MAX_RATES && !rates.containsKey(network) && !makeRoom(now)) {
      return 1; // So many clients at once: each of them cannot be many.
    }
    return rates
        .compute(
            network,
            (_, before) ->
                before == null || before.isOver(now)
                    ? new Window(now, 1)
                    : new Window(before.beganMillis(), before.count() + 1))
        .count();
  }

  /** Forgets whose window is over, once a window at most. */
  private boolean makeRoom(long now) {
    long last = swept.get();
    if (now - last >= WINDOW_MILLIS && swept.compareAndSet(last, now)) {
      rates.values().removeIf(window -> window.isOver(now));
    }
    return rates.size() < MAX_RATES;
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
