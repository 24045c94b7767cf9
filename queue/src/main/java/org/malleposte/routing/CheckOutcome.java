package org.malleposte.routing;

import java.util.List;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.ReplyText;

/** How a check of a client, a sender or a recipient ended. */
sealed interface CheckOutcome {
  List<Evidence> because();

  /** Nothing against it. */
  record Pass(List<Evidence> because) implements CheckOutcome {}

  /** Accepted, and no later check may say otherwise (sendmail's {@code $#}). */
  record Settled(List<Evidence> because) implements CheckOutcome {}

  record Refused(ReplyText reply, List<Evidence> because) implements CheckOutcome {}

  record Discarded(List<Evidence> because) implements CheckOutcome {}

  record Quarantined(String reason, List<Evidence> because) implements CheckOutcome {}

  static CheckOutcome pass() {
    return new Pass(List.of());
  }
}
