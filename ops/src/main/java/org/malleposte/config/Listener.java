package org.malleposte.config;

import java.util.List;

/**
 * An address on which a protocol is spoken.
 *
 * @param host IP address or name; {@code 0.0.0.0} and {@code ::} mean all
 * @param port 0 lets the system choose (tests)
 * @param submission SMTP only: RFC 6409 rules, authentication required
 * @param senders whom a client of submission may send as
 * @param proxies when not empty, only these may connect, and each connection begins with a header
 *     of the PROXY protocol (versions 1 and 2) that names the true client
 */
public record Listener(
    String host,
    int port,
    Tls tls,
    boolean submission,
    Senders senders,
    List<AddressBlock> proxies) {
  /** RFC 6409 §6.1. */
  public enum Senders {
    /** Its own addresses, aliases that lead to it included. */
    OWN,
    ANY
  }

  public Listener {
    proxies = List.copyOf(proxies);
  }

  /** Without a proxy, senders their own. */
  public Listener(String host, int port, Tls tls, boolean submission) {
    this(host, port, tls, submission, Senders.OWN, List.of());
  }

  /** How a connection on this listener comes to be encrypted. */
  public enum Tls {
    /** Begins in clear; STARTTLS where the protocol has it. */
    STARTTLS,
    /** Encrypted from the first byte (RFC 8314). */
    IMPLICIT
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
