package org.malleposte.tables;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code DAEMON_OPTIONS} of {@code sendmail.mc}: a socket that sendmail would open.
 *
 * @param line of {@code sendmail.mc}; 0 for the submission port that sendmail opens by itself
 * @param address as written, without a default
 */
public record DaemonOptions(
    int line,
    String name,
    Optional<String> address,
    int port,
    Family family,
    Set<Modifier> modify) {
  /** {@code Family=}. */
  public enum Family {
    INET,
    INET6
  }

  /** The letters of {@code Modify=}; {@code doc/op}, DaemonPortOptions. */
  public enum Modifier {
    REQUIRE_AUTH('a'),
    BIND_OUTGOING('b'),
    CANONIFY('c'),
    QUALIFIED_SENDER('f'),
    INTERFACE_HELO('h'),
    QUALIFIED_RECIPIENT('r'),
    IMPLICIT_TLS('s'),
    UNQUALIFIED('u'),
    NO_AUTH('A'),
    NO_CANONIFY('C'),
    NO_ETRN('E'),
    OPTIONAL('O'),
    NO_STARTTLS('S');

    private final char letter;

    Modifier(char letter) {
      this.letter = letter;
    }

    public char letter() {
      return letter;
    }

    static Optional<Modifier> of(char letter) {
      return EnumSet.allOf(Modifier.class).stream().filter(m -> m.letter == letter).findAny();
    }
  }

  /** What is wrong with a {@code DAEMON_OPTIONS}; a message for the postmaster. */
  interface Complaints {
    void about(String what, String remedy);
  }

  private static final int SMTP_PORT = 25;
  private static final int SUBMISSION_PORT = 587;

  /** Names of services that such lines use. */
  private static final Map<String, Integer> SERVICES =
      Map.of(
          "smtp",
          SMTP_PORT,
          "mail",
          SMTP_PORT,
          "submission",
          SUBMISSION_PORT,
          "msa",
          SUBMISSION_PORT,
          "smtps",
          465,
          "ssmtp",
          465,
          "submissions",
          465,
          "urd",
          465);

  public DaemonOptions {
    Objects.requireNonNull(name);
    Objects.requireNonNull(address);
    Objects.requireNonNull(family);
    modify = Set.copyOf(modify);
  }

  /** What sendmail opens beside all others, unless {@code FEATURE(no_default_msa)}. */
  static DaemonOptions defaultSubmission() {
    return new DaemonOptions(
        0, "MSA", Optional.empty(), SUBMISSION_PORT, Family.INET, Set.of(Modifier.NO_ETRN));
  }

  public boolean has(Modifier modifier) {
    return modify.contains(modifier);
  }

  /** The address to listen on; every one where none is named. */
  public String listenAddress() {
    return address.orElse(family == Family.INET ? "0.0.0.0" : "::");
  }

  /**
   * Reads {@code Name=MTA, Port=smtp, Addr=127.0.0.1, M=E}; what cannot be read is complained of.
   */
  static DaemonOptions parse(int line, String text, Complaints complaints) {
    var reader = new Reader(complaints);
    for (String part : text.split(",")) {
      reader.part(part.strip());
    }
    return new DaemonOptions(
        line, reader.name, reader.address, reader.port, reader.family, reader.modify);
  }

  /** sendmail looks at the first letter of a key alone, and tells capitals apart. */
  private static final class Reader {
    private final Complaints complaints;
    private final Set<Modifier> modify = EnumSet.noneOf(Modifier.class);
    private String name = "MTA";
    private Optional<String> address = Optional.empty();
    private Optional<Family> said = Optional.empty();
    private Family family = Family.INET;
    private int port = SMTP_PORT;

    Reader(Complaints complaints) {
      this.complaints = complaints;
    }

    void part(String part) {
      if (part.isEmpty()) {
        return;
      }
      int equals = part.indexOf('=');
      if (equals <= 0) {
        complaints.about("not understood in DAEMON_OPTIONS: " + part, "write Key=value");
        return;
      }
      String value = part.substring(equals + 1).strip();
      switch (part.charAt(0)) {
        case 'A', 'a' -> address(value);
        case 'N', 'n' -> name = value;
        case 'P', 'p' -> port(value);
        case 'F', 'f' -> family(value);
        case 'M', 'm' -> value.chars().forEach(c -> modifier((char) c));
        default ->
            complaints.about(
                part.substring(0, equals).strip() + " of DAEMON_OPTIONS has no effect",
                "remove it; limits are in limits of the configuration file");
      }
    }

    private void address(String value) {
      String bare =
          value.startsWith("[") && value.endsWith("]")
              ? value.substring(1, value.length() - 1)
              : value;
      String plain = bare.toLowerCase(Locale.ROOT).startsWith("ipv6:") ? bare.substring(5) : bare;
      if (plain.isEmpty()) {
        complaints.about("Addr= without an address", "write Addr=127.0.0.1");
        return;
      }
      address = Optional.of(plain);
      if (said.isEmpty() && plain.indexOf(':') >= 0) {
        family = Family.INET6;
      }
    }

    private void port(String value) {
      Integer known = SERVICES.get(value.toLowerCase(Locale.ROOT));
      if (known != null) {
        port = known;
      } else if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65_535) {
        port = Integer.parseInt(value);
      } else {
        complaints.about("unknown port " + value, "write a number");
      }
    }

    private void family(String value) {
      switch (value.toLowerCase(Locale.ROOT)) {
        case "inet" -> family = Family.INET;
        case "inet6" -> family = Family.INET6;
        default -> {
          complaints.about("Family=" + value + " is not served", "write inet or inet6");
          return;
        }
      }
      said = Optional.of(family);
    }

    private void modifier(char letter) {
      Optional<Modifier> modifier = Modifier.of(letter);
      if (modifier.isEmpty()) {
        complaints.about("unknown letter " + letter + " in Modify=", "remove it");
        return;
      }
      modify.add(modifier.get());
      without(modifier.get())
          .ifPresent(
              why -> complaints.about("Modify=" + letter + " has no effect: " + why, "remove it"));
    }

    /** Why a letter changes nothing here. */
    private static Optional<String> without(Modifier modifier) {
      return switch (modifier) {
        case BIND_OUTGOING -> Optional.of("the system chooses the address that mail leaves from");
        case INTERFACE_HELO -> Optional.of("this host has one name, node.name");
        case CANONIFY -> Optional.of("names are never looked up to change them");
        case OPTIONAL -> Optional.of("each port must open");
        case UNQUALIFIED -> Optional.of("an address without a domain is refused");
        case QUALIFIED_SENDER, QUALIFIED_RECIPIENT ->
            Optional.of("an address needs a domain, but no dot in it");
        case REQUIRE_AUTH, IMPLICIT_TLS, NO_AUTH, NO_CANONIFY, NO_ETRN, NO_STARTTLS ->
            Optional.empty();
      };
    }
  }
}
