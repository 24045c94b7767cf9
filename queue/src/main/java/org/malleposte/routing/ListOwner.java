package org.malleposte.routing;

import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.TableLine;
import org.malleposte.tables.TableSet;

/**
 * {@code owner-list} beside {@code list} in {@code aliases}: who sends on what the list gets. As
 * with sendmail that is the address that it stands for, or {@code owner-list} itself when it stands
 * for more than a single address.
 */
final class ListOwner {
  private static final String PREFIX = "owner-";

  /** What a single address cannot have; sendmail's {@code strpbrk} in {@code recipient()}. */
  private static final String NO_ADDRESS = ",:/|\"";

  private ListOwner() {}

  /** The line of the list's owner, if it has one; details behind a plus are no part of a name. */
  static Optional<TableLine> line(TableSet tables, TableLine list) {
    int plus = list.key().indexOf('+', 1);
    String name = plus < 0 ? list.key() : list.key().substring(0, plus);
    return tables.aliases().aliases().find(PREFIX + name);
  }

  /** Whom an owner's line names. */
  static EmailAddress of(TableSet tables, TableLine owner) {
    EmailAddress itself = new EmailAddress(owner.key(), tables.ownName());
    if (owner.value().chars().anyMatch(c -> NO_ADDRESS.indexOf(c) >= 0)) {
      return itself;
    }
    try {
      var address = AddressText.parse(owner.value());
      String user = address.localPart();
      return new EmailAddress(
          user.startsWith("\\") ? user.substring(1) : user,
          address.domain().orElse(tables.ownName()));
    } catch (IllegalArgumentException e) {
      // No address: the check of the tables has said so. The name of the list's owner is one.
      return itself;
    }
  }
}
