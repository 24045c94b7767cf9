package org.malleposte.routing;

import java.util.Locale;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.routing.Router.Peer;
import org.malleposte.tables.IpText;

/**
 * A peer as sendmail's rules know it.
 *
 * @param address {@code client_addr}, as {@link IpText} writes it
 * @param host its verified name
 */
record ClientName(String address, Optional<Domain> host) {
  static ClientName of(Peer peer) {
    String address =
        IpText.of(peer.address())
            .orElseThrow(() -> new IllegalArgumentException("no address: " + peer.address()));
    Optional<Domain> host = peer.hostName().flatMap(ClientName::domain);
    return new ClientName(
        address, host.isEmpty() && isLoopback(address) ? domain("localhost") : host);
  }

  /** {@code client_name}: the name, or the address in brackets. */
  String name() {
    return host.map(Domain::name).orElse(literal());
  }

  String literal() {
    return "[" + address.toLowerCase(Locale.ROOT) + "]";
  }

  boolean isLoopback() {
    return isLoopback(address);
  }

  private static boolean isLoopback(String address) {
    return address.equals("127.0.0.1") || address.equals("IPv6:0:0:0:0:0:0:0:1");
  }

  private static Optional<Domain> domain(String name) {
    try {
      return Optional.of(Domain.of(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // A name that is no name proves nothing.
    }
  }
}
