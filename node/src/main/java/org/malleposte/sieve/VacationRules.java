package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mime.HeaderField;

/** To whom and to what a program must not answer (RFC 5230 §4.5 and §4.6, RFC 3834 §2). */
final class VacationRules {
  private static final Set<String> PROGRAMS =
      Set.of("mailer-daemon", "listserv", "majordomo", "noreply", "no-reply", "postmaster");
  private static final List<String> TO_SOMEBODY =
      List.of("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc");

  private VacationRules() {}

  /**
   * @param more addresses of the user beside the one that was written to
   * @return why there is no answer; empty: there is one
   */
  static Optional<String> silence(
      List<HeaderField> fields, FilterContext context, List<String> more) {
    var sender = context.from().address();
    if (sender.isEmpty()) {
      return Optional.of("null sender");
    }
    if (isProgram(sender.get())) {
      return Optional.of("the sender is a program");
    }
    var own = new ArrayList<EmailAddress>();
    own.add(context.recipient());
    more.forEach(text -> Addresses.single(text).ifPresent(own::add));
    if (isOneOf(sender.get(), own)) {
      return Optional.of("the sender is the user");
    }
    if (fields.stream().anyMatch(VacationRules::saysProgram)) {
      return Optional.of("a program or a list has sent it");
    }
    boolean named =
        fields.stream()
            .filter(field -> TO_SOMEBODY.stream().anyMatch(field::is))
            .flatMap(field -> Addresses.all(field.value()).stream())
            .anyMatch(address -> isOneOf(address, own));
    return named ? Optional.empty() : Optional.of("the user is not named in it");
  }

  private static boolean isOneOf(EmailAddress address, List<EmailAddress> own) {
    return own.stream().anyMatch(a -> plain(a).equals(plain(address)));
  }

  private static String plain(EmailAddress address) {
    return (Addresses.part(address, AddressPart.USER).orElse("") + "@" + address.domain())
        .toLowerCase(Locale.ROOT);
  }

  private static boolean isProgram(EmailAddress sender) {
    String local = sender.localPart().toLowerCase(Locale.ROOT);
    return PROGRAMS.contains(local)
        || local.startsWith("owner-")
        || local.endsWith("-owner")
        || local.endsWith("-request")
        || local.endsWith("-bounces")
        || local.contains("-bounces+");
  }

  private static boolean saysProgram(HeaderField field) {
    String name = field.name().toLowerCase(Locale.ROOT);
    String value = field.value().strip().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "auto-submitted" ->
          !value.equals("no") && !value.startsWith("no;") && !value.startsWith("no ");
      case "precedence" -> Set.of("bulk", "junk", "list").contains(value);
      case "x-auto-response-suppress" -> value.contains("oof") || value.contains("all");
      case "x-spam-flag" -> value.startsWith("yes");
      default -> name.startsWith("list-");
    };
  }
}
