package org.malleposte.tables;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A {@code FEATURE(dnsbl)} or {@code FEATURE(enhdnsbl)}: clients that a list in the DNS names are
 * refused.
 *
 * @param line of {@code sendmail.mc}
 * @param zone such as {@code bl.example.org}
 * @param message the text of the refusal; empty: sendmail's own
 * @param temporary the text when the DNS does not answer; empty: then the client passes
 * @param results answers that count, such as {@code 127.0.0.2.}; empty: each
 */
public record DnsBlocklist(
    int line,
    String zone,
    Action action,
    Optional<String> message,
    Optional<String> temporary,
    List<String> results) {
  /** What becomes of a listed client. */
  public enum Action {
    REFUSE,
    QUARANTINE,
    DISCARD
  }

  public DnsBlocklist {
    Objects.requireNonNull(action);
    Objects.requireNonNull(message);
    Objects.requireNonNull(temporary);
    results = List.copyOf(results);
    if (zone.isEmpty()) {
      throw new IllegalArgumentException("a blocklist without a name");
    }
  }

  /**
   * @param feature the whole call: {@code FEATURE}'s arguments, its name first
   * @throws IllegalArgumentException says what is wrong
   */
  static DnsBlocklist of(McDirective feature) {
    boolean enhanced = feature.argument(0).equals("enhdnsbl");
    String message = feature.argument(2);
    Action action =
        enhanced
            ? Action.REFUSE
            : switch (message) {
              case "quarantine" -> Action.QUARANTINE;
              case "discard" -> Action.DISCARD;
              default -> Action.REFUSE;
            };
    List<String> all = feature.arguments();
    List<String> results =
        enhanced && all.size() > 4
            ? all.subList(4, all.size()).stream()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList()
            : List.of();
    return new DnsBlocklist(
        feature.line(),
        feature.argument(1),
        action,
        action == Action.REFUSE ? text(message) : Optional.empty(),
        temporary(feature.argument(1), feature.argument(3)),
        results);
  }

  private static Optional<String> temporary(String zone, String argument) {
    // sendmail's own text, with the address that a later reader fills in.
    return argument.equals("t")
        ? Optional.of("451 Temporary lookup failure of $&{client_addr} at " + zone)
        : text(argument);
  }

  private static Optional<String> text(String argument) {
    String plain =
        argument.length() > 1 && argument.startsWith("\"") && argument.endsWith("\"")
            ? argument.substring(1, argument.length() - 1)
            : argument;
    return plain.isEmpty() ? Optional.empty() : Optional.of(plain);
  }
}
