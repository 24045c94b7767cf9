package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AccessTable;
import org.malleposte.tables.ReplyText;

/** A word of {@code access} where it has no meaning: sendmail takes it for a refusal's text. */
final class Unfit {
  private Unfit() {}

  static CheckOutcome refuse(AccessTable.Hit hit, List<Evidence> because) {
    return new CheckOutcome.Refused(
        ReplyText.ofErrorMailer(Optional.empty(), hit.line().value()), because);
  }
}
