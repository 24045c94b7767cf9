package org.malleposte.routing;

import org.malleposte.mail.Domain;
import org.malleposte.tables.PublishedTables;
import org.malleposte.tables.TableSet;

/** Tables, and who exists where they are in force: this node's own, or a primary's. */
record RoutingWorld(TableSet tables, AccountNames accounts) {
  /** A primary's tables; who exists there or in the whole cluster is known there. */
  static RoutingWorld of(PublishedTables published, AccountNames accounts) {
    return new RoutingWorld(
        published.tables(), name -> published.accounts().contains(name) || accounts.contains(name));
  }

  /** Whether mail for this domain ends here, and not only because each host has that name. */
  boolean serves(Domain domain) {
    return tables.localHostNames().contains(domain);
  }
}
