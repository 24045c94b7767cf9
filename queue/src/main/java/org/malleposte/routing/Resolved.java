package org.malleposte.routing;

import java.util.List;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.ReplyText;

/** What an address comes to by virtual users, before aliases. */
sealed interface Resolved {
  List<Evidence> because();

  /** A user or alias of this host. */
  record User(String name, List<Evidence> because) implements Resolved {}

  /** An address at another host. */
  record Elsewhere(EmailAddress address, List<Evidence> because) implements Resolved {}

  record Refused(ReplyText reply, List<Evidence> because) implements Resolved {}
}
