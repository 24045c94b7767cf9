package org.malleposte.sieve;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mime.AddressListParser;
import org.malleposte.mime.MailAddress;

/** Addresses in scripts and in fields. */
final class Addresses {
  private static final String MISSING = "MISSING_";

  private Addresses() {}

  /** The one address that a script names, perhaps with a name around it. */
  static Optional<EmailAddress> single(String text) {
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    var found = AddressListParser.parse(bytes);
    if (found.size() != 1 || !(found.getFirst() instanceof MailAddress.Mailbox mailbox)) {
      return Optional.empty();
    }
    return address(mailbox);
  }

  /** All addresses of a field that can be read; groups are their members. */
  static List<EmailAddress> all(String field) {
    return AddressListParser.parse(field).stream()
        .<Optional<EmailAddress>>map(
            entry ->
                switch (entry) {
                  case MailAddress.Mailbox mailbox -> address(mailbox);
                  case MailAddress.GroupStart _, MailAddress.GroupEnd _ -> Optional.empty();
                })
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<EmailAddress> address(MailAddress.Mailbox mailbox) {
    if (mailbox.local().startsWith(MISSING) || mailbox.domain().startsWith(MISSING)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new EmailAddress(
              utf8(mailbox.local()), org.malleposte.mail.Domain.of(utf8(mailbox.domain()))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A part of it; empty: it has none (RFC 5233 §4). */
  static Optional<String> part(EmailAddress address, AddressPart part) {
    String local = address.localPart();
    int plus = local.indexOf('+');
    return switch (part) {
      case ALL -> Optional.of(local + "@" + address.domain());
      case LOCALPART -> Optional.of(local);
      case DOMAIN -> Optional.of(address.domain().toString());
      case USER -> Optional.of(plus < 0 ? local : local.substring(0, plus));
      case DETAIL -> plus < 0 ? Optional.empty() : Optional.of(local.substring(plus + 1));
    };
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
