package org.malleposte.admin;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps the token and what it opens off unencrypted wires, as Dovecot does with cleartext logins:
 * only this machine may speak in clear. The published port of a container is not this machine; what
 * comes through an SSH tunnel or {@code kubectl port-forward} is.
 */
final class CleartextRule {
  static final String REMEDY =
      "administration is refused on an unencrypted connection from another machine: run malleposte"
          + " on the node itself (docker compose exec, kubectl exec), or come by way of its loopback"
          + " (ssh -L, kubectl port-forward)";

  private final Predicate<InetAddress> isThisMachine;

  /**
   * @param isThisMachine whether a peer's address leads through no wire
   */
  CleartextRule(Predicate<InetAddress> isThisMachine) {
    this.isThisMachine = isThisMachine;
  }

  /** Loopback addresses are this machine. */
  static CleartextRule loopback() {
    return new CleartextRule(InetAddress::isLoopbackAddress);
  }

  /**
   * Why administration is refused on such a connection; empty when it is not.
   *
   * @param peer its IP address; empty when the connection has none, or has gone already
   */
  Optional<String> refusal(boolean encrypted, Optional<String> peer) {
    // With IPv6 enabled an IPv4 peer may be written ::ffff:127.0.0.1; the JDK unwraps it.
    boolean allowed =
        encrypted || peer.map(InetAddress::ofLiteral).filter(isThisMachine).isPresent();
    return allowed ? Optional.empty() : Optional.of(REMEDY);
  }
}
