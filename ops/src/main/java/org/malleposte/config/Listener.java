package org.malleposte.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.malleposte.tables.DaemonOptions;

/**
 * An address on which a protocol is spoken.
 *
 * @param host IP address or name; {@code 0.0.0.0} and {@code ::} mean all
 * @param port 0 lets the system choose (tests)
 * @param submission SMTP only: RFC 6409 rules, authentication required
 * @param senders whom a client of submission may send as
 * @param proxies when not empty, only these may connect, and each connection begins with a header
 *     of the PROXY protocol (versions 1 and 2) that names the true client
 * @param modifiers SMTP only
 */
public record Listener(
    String host,
    int port,
    Tls tls,
    boolean submission,
    Senders senders,
    List<AddressBlock> proxies,
    Set<Modifier> modifiers) {
  /** RFC 6409 §6.1. */
  public enum Senders {
    /** Its own addresses, aliases that lead to it included. */
    OWN,
    ANY
  }

  public Listener {
    proxies = List.copyOf(proxies);
    modifiers = Set.copyOf(modifiers);
  }

  /** Without a proxy, senders their own. */
  public Listener(String host, int port, Tls tls, boolean submission) {
    this(host, port, tls, submission, Set.of());
  }

  /** As above, with modifiers. */
  public Listener(String host, int port, Tls tls, boolean submission, Set<Modifier> modifiers) {
    this(host, port, tls, submission, Senders.OWN, List.of(), modifiers);
  }

  /** How a connection on this listener comes to be encrypted. */
  public enum Tls {
    /** Begins in clear; STARTTLS where the protocol has it. */
    STARTTLS,
    /** Encrypted from the first byte (RFC 8314). */
    IMPLICIT
  }

  /** What differs from other listeners: those of sendmail's modifiers that a session obeys. */
  public enum Modifier {
    /** AUTH is not offered. */
    NO_AUTH(DaemonOptions.Modifier.NO_AUTH),
    /** ETRN is refused. */
    NO_ETRN(DaemonOptions.Modifier.NO_ETRN),
    /** STARTTLS is not offered. */
    NO_STARTTLS(DaemonOptions.Modifier.NO_STARTTLS);

    private final DaemonOptions.Modifier sendmails;

    Modifier(DaemonOptions.Modifier sendmails) {
      this.sendmails = sendmails;
    }

    /** sendmail's, of DaemonPortOptions. */
    public char letter() {
      return sendmails.letter();
    }

    static Optional<Modifier> of(char letter) {
      return EnumSet.allOf(Modifier.class).stream().filter(m -> m.letter() == letter).findAny();
    }

    /** Those that a line of sendmail.mc has. */
    static Set<Modifier> of(DaemonOptions daemon) {
      Set<Modifier> modifiers = EnumSet.allOf(Modifier.class);
      modifiers.removeIf(m -> !daemon.has(m.sendmails));
      return modifiers;
    }
  }

  public boolean has(Modifier modifier) {
    return modifiers.contains(modifier);
  }

  /** The letters of the modifiers, in order. */
  String letters() {
    return modifiers.stream()
        .sorted()
        .map(m -> String.valueOf(m.letter()))
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
