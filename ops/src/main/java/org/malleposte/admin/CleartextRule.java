package org.malleposte.admin;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps the token and what it opens off unencrypted wires, as Dovecot does with cleartext logins:
 * only this machine may speak in clear, that is loopback, and a peer whose address is also the one
 * it has reached. The published port of a container is not this machine; what comes through an SSH
 * tunnel or {@code kubectl port-forward} is.
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
   * @param local the IP address that it has reached
   */
  Optional<String> refusal(boolean encrypted, Optional<String> peer, Optional<String> local) {
    // With IPv6 enabled an IPv4 peer may be written ::ffff:127.0.0.1; the JDK unwraps it.
    Optional<InetAddress> from = peer.map(InetAddress::ofLiteral);
    boolean allowed =
        encrypted
            || from.filter(isThisMachine).isPresent()
            || from.isPresent() && from.equals(local.map(InetAddress::ofLiteral));
    return allowed ? Optional.empty() : Optional.of(REMEDY);
  }
}
