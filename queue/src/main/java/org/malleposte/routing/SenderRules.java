package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AccessAction;
import org.malleposte.tables.AccessTable;
import org.malleposte.tables.AccessTable.Tag;
import org.malleposte.tables.AccessTable.Untagged;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.IpText;
import org.malleposte.tables.TableSet;

/** Whether a sender is welcome: sendmail's check_mail. */
final class SenderRules {
  private static final List<String> LOCALHOST =
      List.of("localhost", "[127.0.0.1]", "[IPv6:0:0:0:0:0:0:0:1]");

  private final TableSet tables;
  private final Canonicalizer canonicalizer;

  SenderRules(TableSet tables) {
    this.tables = tables;
    this.canonicalizer = new Canonicalizer(tables);
  }

  CheckOutcome check(ClientName client, ReversePath from) {
    return from.address().map(sender -> check(client, sender)).orElseGet(CheckOutcome::pass);
  }

  private CheckOutcome check(ClientName client, EmailAddress sender) {
    boolean local = client.host().map(h -> tables.localHostNames().contains(h)).orElse(false);
    if (LOCALHOST.contains(IpText.literal(sender.domain().name())) && !local) {
      return new CheckOutcome.Refused(
          Replies.REAL_DOMAIN,
          List.of(Replies.rule("a sender at localhost is for this host alone")));
    }
    AddressText address = canonicalizer.canonical(AddressText.of(sender));
    return find(address).map(this::outcome).orElseGet(CheckOutcome::pass);
  }

  private Optional<AccessTable.Hit> find(AddressText address) {
    AccessTable access = tables.access();
    String user = address.localPart();
    Optional<String> domain = address.domain().map(Domain::name);
    return domain
        .flatMap(d -> access.full(Tag.FROM, Untagged.COUNTS, user, d))
        .or(() -> access.user(Tag.FROM, Untagged.COUNTS, user))
        .or(() -> domain.flatMap(d -> access.domain(Tag.FROM, Untagged.COUNTS, d)));
  }

  private CheckOutcome outcome(AccessTable.Hit hit) {
    List<Evidence> because = List.of(Replies.evidence(hit.line()));
    return switch (hit.action()) {
      case AccessAction.Ok _, AccessAction.Relay _ -> new CheckOutcome.Settled(because);
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
