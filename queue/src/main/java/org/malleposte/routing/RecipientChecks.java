package org.malleposte.routing;

import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.tables.AccessAction;
import org.malleposte.tables.AccessTable;
import org.malleposte.tables.AccessTable.Tag;
import org.malleposte.tables.AccessTable.Untagged;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.TableSet;

/** All checks at RCPT, with those of client and sender that {@code delay_checks} puts off. */
final class RecipientChecks {
  private final TableSet tables;

  RecipientChecks(TableSet tables) {
    this.tables = tables;
  }

  CheckOutcome check(
      ClientName client, Optional<AccountName> account, ReversePath from, EmailAddress recipient) {
    AddressText address = AddressText.of(recipient);
    CheckOutcome outcome = new RecipientRules(tables).check(client, account, address);
    if (!(outcome instanceof CheckOutcome.Pass) || !isChecked(address)) {
      return outcome;
    }
    CheckOutcome sender = new SenderRules(tables).check(client, from);
    if (!(sender instanceof CheckOutcome.Pass)) {
      return sender;
    }
    CheckOutcome connection = new ClientRules(tables).check(client);
    return connection instanceof CheckOutcome.Pass ? outcome : connection;
  }

  /** Whether client and sender are checked now, for this recipient. */
  private boolean isChecked(AddressText recipient) {
    return switch (tables.options().delayChecks()) {
      case OFF -> false;
      case ON -> true;
      case FRIEND ->
          spam(recipient).filter(h -> h.action() instanceof AccessAction.Friend).isEmpty();
      case HATER ->
          spam(recipient).filter(h -> h.action() instanceof AccessAction.Hater).isPresent();
    };
  }

  private Optional<AccessTable.Hit> spam(AddressText recipient) {
    AddressText address = new Canonicalizer(tables).canonical(recipient);
    AccessTable access = tables.access();
    String user = address.localPart();
    Domain domain = address.domain().orElse(tables.ownName());
    boolean ours = tables.localHostNames().contains(domain);
    return access
        .full(Tag.SPAM, Untagged.IGNORED, user, domain.name())
        .or(() -> access.domain(Tag.SPAM, Untagged.IGNORED, domain.name()))
        .or(() -> ours ? access.user(Tag.SPAM, Untagged.IGNORED, user) : Optional.empty());
  }
}
