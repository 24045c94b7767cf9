package org.malleposte.tables;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * What this host is called.
 *
 * @param name {@code node.name}; {@code confDOMAIN_NAME} of {@code sendmail.mc} does not change it,
 *     since the configuration file wins
 * @param addresses of its interfaces, textual
 * @param machineDomain the domain of the operating system's own host name, sendmail's {@code $m},
 *     which {@code relay_entire_domain} opens; empty: the one of {@code name}, unless {@code
 *     confDOMAIN_NAME} is given
 */
public record OwnHost(Domain name, List<String> addresses, Optional<Domain> machineDomain) {
  public OwnHost {
    Objects.requireNonNull(name);
    Objects.requireNonNull(machineDomain);
    addresses = List.copyOf(addresses);
  }

  public static OwnHost named(String name) {
    return new OwnHost(Domain.of(name), List.of(), Optional.empty());
  }
}
