package org.malleposte.smtp;

import org.malleposte.mail.Domain;

/** Sends now what waits for a host that says it is back (ETRN, RFC 1985). Thread-safe. */
@FunctionalInterface
public interface FlushOnDemand {
  /** There is no queue. */
  FlushOnDemand NONE = (_, _) -> false;

  /**
   * @param subdomains what waits for the domains below it, too
   * @return false when it was asked for a moment ago
   */
  boolean begin(Domain domain, boolean subdomains);
}
