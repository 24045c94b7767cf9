package org.malleposte.tables;

import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * {@code local-host-names}, sendmail's {@code $=w}: the domains for which we are the end of the
 * way, and our own names and addresses. Immutable; safe for all threads.
 */
public final class LocalHostNames {
  private final NameClass names;

  /**
   * @param listed of the file
   * @param own the host's names and {@code [address]}es, and what {@code sendmail.mc} adds
   */
  public LocalHostNames(LineTable listed, LineTable own) {
    this.names = new NameClass(listed, own);
  }

  public LineTable listed() {
    return names.listed();
  }

  public LineTable own() {
    return names.added();
  }

  /** The line that makes this domain ours. */
  public Optional<TableLine> find(Domain domain) {
    return names.exact(IpText.literal(domain.name()));
  }

  public boolean contains(Domain domain) {
    return find(domain).isPresent();
  }

  /** Whether it is one of the host's own names rather than a domain that it serves. */
  public boolean isOwn(Domain domain) {
    return names.added().contains(IpText.literal(domain.name()));
  }
}
