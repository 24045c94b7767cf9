package org.malleposte.config;

/**
 * An address on which a protocol is spoken.
 *
 * @param host IP address or name; {@code 0.0.0.0} and {@code ::} mean all
 * @param port 0 lets the system choose (tests)
 * @param submission SMTP only: RFC 6409 rules, authentication required
 */
public record Listener(String host, int port, Tls tls, boolean submission) {
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
