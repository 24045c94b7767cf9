package org.malleposte.routing;

import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.TableSet;

/**
 * Finds where an address really goes when its local-part names another host: {@code user%host},
 * {@code host!user} and quoted {@code "user@host"} at a domain of ours. Relay rules must look at
 * that host, or we are an open relay. (sendmail's rulesets canonify and Parse0.)
 */
final class Canonicalizer {
  /** Hosts in one local-part; more is an attack. */
  static final int MAX_HOSTS = 20;

  private final TableSet tables;

  Canonicalizer(TableSet tables) {
    this.tables = tables;
  }

  /** The address without hosts of our own. */
  AddressText canonical(AddressText address) {
    AddressText current = address;
    for (int i = 0; i < MAX_HOSTS && isOurs(current) && namesHost(current.localPart()); i++) {
      Optional<AddressText> inner = inner(current.localPart());
      if (inner.isEmpty()) {
        return current;
      }
      current = inner.get();
    }
    return current;
  }

  /** The address that a local-part with a host in it stands for. */
  Optional<AddressText> inner(String localPart) {
    int at = localPart.lastIndexOf('@');
    if (at >= 0) {
      return address(localPart.substring(0, at), localPart.substring(at + 1));
    }
    int bang = localPart.indexOf('!');
    if (tables.options().bangPath() && bang > 0 && bang < localPart.length() - 1) {
      String host = localPart.substring(0, bang);
      return address(localPart.substring(bang + 1), host.indexOf('.') < 0 ? host + ".uucp" : host);
    }
    int percent = localPart.lastIndexOf('%');
    return tables.options().percentHack() && percent >= 0
        ? address(localPart.substring(0, percent), localPart.substring(percent + 1))
        : Optional.empty();
  }

  /** Whether the local-part may name a host (sendmail's {@code $=O}). */
  boolean namesHost(String localPart) {
    return localPart.indexOf('@') >= 0
        || tables.options().percentHack() && localPart.indexOf('%') >= 0
        || tables.options().bangPath() && localPart.indexOf('!') >= 0;
  }

  private boolean isOurs(AddressText address) {
    return address.domain().map(d -> tables.localHostNames().contains(d)).orElse(true);
  }

  private static Optional<AddressText> address(String localPart, String host) {
    if (localPart.isEmpty() || host.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new AddressText(localPart, Optional.of(Domain.of(host))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
