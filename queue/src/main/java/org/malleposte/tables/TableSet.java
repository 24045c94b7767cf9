package org.malleposte.tables;

import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * All tables of a node, as they were read at one time. Immutable; safe for all threads.
 *
 * @param ownName {@code node.name}: the domain of local addresses that carry none
 * @param ownDomains domains whose hosts {@code relay_entire_domain} lets relay, sendmail's {@code
 *     $=m}
 */
public record TableSet(
    Domain ownName,
    LocalHostNames localHostNames,
    LineTable ownDomains,
    RelayDomains relayDomains,
    AccessTable access,
    VirtUserTable virtUsers,
    AliasTable aliases,
    RoutingOptions options) {
  public TableSet {
    Objects.requireNonNull(ownName);
    Objects.requireNonNull(localHostNames);
    Objects.requireNonNull(ownDomains);
    Objects.requireNonNull(relayDomains);
    Objects.requireNonNull(access);
    Objects.requireNonNull(virtUsers);
    Objects.requireNonNull(aliases);
    Objects.requireNonNull(options);
  }

  /** The line by which {@code relay_entire_domain} opens this domain. */
  public Optional<TableLine> ownDomain(Domain domain) {
    return options.relayEntireDomain()
        ? new NameClass(ownDomains, LineTable.empty()).suffix(domain.name())
        : Optional.empty();
  }
}
