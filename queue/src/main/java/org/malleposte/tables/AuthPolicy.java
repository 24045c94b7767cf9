package org.malleposte.tables;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code sendmail.mc} says of AUTH.
 *
 * @param mechanisms {@code confAUTH_MECHANISMS}, in upper case; empty: all that there are
 * @param trusted {@code TRUST_AUTH_MECH}: who has used one of these may relay, by name, with the
 *     line of {@code sendmail.mc}; empty: any
 * @param options letters of {@code confAUTH_OPTIONS}
 */
public record AuthPolicy(
    Optional<List<String>> mechanisms, Optional<LineTable> trusted, Set<Character> options) {
  /** Where there is no {@code sendmail.mc}. */
  public static final AuthPolicy DEFAULT =
      new AuthPolicy(Optional.empty(), Optional.empty(), Set.of());

  public AuthPolicy {
    mechanisms = mechanisms.map(List::copyOf);
    Objects.requireNonNull(trusted);
    options = Set.copyOf(options);
  }

  static AuthPolicy of(McFile mc) {
    List<McDirective> trust = mc.calls("TRUST_AUTH_MECH");
    var trusted = new LineTable.Builder("sendmail.mc");
    trust.forEach(
        call ->
            words(call.argument(0))
                .forEach(name -> trusted.add(call.line(), name, "TRUST_AUTH_MECH")));
    var options = new TreeSet<Character>();
    mc.setting("confAUTH_OPTIONS")
        .ifPresent(
            text ->
                text.chars()
                    .filter(Character::isLetter)
                    .forEach(letter -> options.add((char) letter)));
    return new AuthPolicy(
        mc.setting("confAUTH_MECHANISMS").map(AuthPolicy::words),
        trust.isEmpty() ? Optional.empty() : Optional.of(trusted.build()),
        options);
  }

  /** {@code confAUTH_OPTIONS} {@code p}: none that shows the password, without encryption. */
  public boolean refusesPlaintext() {
    return options.contains('p');
  }

  /** Whether who has authenticated by this mechanism may relay. */
  public boolean trusts(String mechanism) {
    return trusted.map(t -> t.contains(mechanism)).orElse(true);
  }

  /** The line that trusts it. */
  public Optional<TableLine> trustLine(String mechanism) {
    return trusted.flatMap(t -> t.find(mechanism));
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("[\\s,]+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.toUpperCase(Locale.ROOT))
        .toList();
  }
}
