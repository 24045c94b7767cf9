package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AccessAction;
import org.malleposte.tables.AccessTable;
import org.malleposte.tables.AccessTable.Tag;
import org.malleposte.tables.AccessTable.Untagged;
import org.malleposte.tables.TableSet;

/** Whether a client may speak to us at all: sendmail's check_relay. */
final class ClientRules {
  private final TableSet tables;

  ClientRules(TableSet tables) {
    this.tables = tables;
  }

  CheckOutcome check(ClientName client) {
    AccessTable access = tables.access();
    Optional<AccessTable.Hit> hit =
        access
            .domain(Tag.CONNECT, Untagged.COUNTS, client.name())
            .or(() -> access.address(Tag.CONNECT, Untagged.COUNTS, client.address()));
    return hit.map(this::outcome).orElseGet(CheckOutcome::pass);
  }

  private CheckOutcome outcome(AccessTable.Hit hit) {
    List<Evidence> because = List.of(Replies.evidence(hit.line()));
    return switch (hit.action()) {
      case AccessAction.Ok _, AccessAction.Relay _ -> new CheckOutcome.Pass(because);
      case AccessAction.Reject _ ->
          new CheckOutcome.Refused(
              tables.options().rejectMessage().orElse(Replies.ACCESS_DENIED), because);
      case AccessAction.Discard _ -> new CheckOutcome.Discarded(because);
      case AccessAction.Quarantine(var reason) -> new CheckOutcome.Quarantined(reason, because);
      case AccessAction.Refuse(var reply) -> new CheckOutcome.Refused(reply, because);
      case AccessAction.Skip _, AccessAction.Friend _, AccessAction.Hater _ ->
          Unfit.refuse(hit, because);
    };
  }
}
