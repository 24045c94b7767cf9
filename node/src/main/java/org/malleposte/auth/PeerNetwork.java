package org.malleposte.auth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What one client is told by, to count and to slow it: an IPv4 address, or the /64 that an IPv6
 * host has to itself.
 */
public final class PeerNetwork {
  private PeerNetwork() {}

  /** Empty for loopback: behind it are proxies, a webmail with all its users, and this machine. */
  public static Optional<String> of(String address) {
    InetAddress parsed;
    try {
      parsed = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      return Optional.of(address);
    }
    return of(parsed);
  }

  /** As {@link #of(String)}. */
  public static Optional<String> of(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return Optional.empty();
    }
    return Optional.of(
        address instanceof Inet6Address
            ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8))
            : address.getHostAddress());
  }
}
