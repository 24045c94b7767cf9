package org.malleposte.tables;

import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * {@code relay-domains}, sendmail's {@code $=R}: domains for which and from which we relay, and
 * addresses and nets of clients that may relay. Immutable; safe for all threads.
 */
public final class RelayDomains {
  private final NameClass names;
  private final boolean hostsOnly;

  /**
   * @param added by {@code RELAY_DOMAIN} in {@code sendmail.mc}
   * @param hostsOnly {@code FEATURE(relay_hosts_only)}: no subdomains
   */
  public RelayDomains(LineTable listed, LineTable added, boolean hostsOnly) {
    this.names = new NameClass(listed, added);
    this.hostsOnly = hostsOnly;
  }

  public LineTable listed() {
    return names.listed();
  }

  public LineTable added() {
    return names.added();
  }

  public boolean hostsOnly() {
    return hostsOnly;
  }

  /** The line that names this domain or host. */
  public Optional<TableLine> domain(Domain domain) {
    return hostsOnly ? names.exact(domain.name()) : names.suffix(domain.name());
  }

  /**
   * The line that names this client's address or net.
   *
   * @param address as {@link IpText} writes it
   */
  public Optional<TableLine> address(String address) {
    return names.prefix(address);
  }
}
