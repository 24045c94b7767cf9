package org.malleposte.tables;

import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * What {@code sendmail.mc} says of who may connect and relay. It counts on the node that has the
 * file alone, and is never published. Immutable.
 *
 * @param refusedCharacters {@code %} after {@code FEATURE(nopercenthack, reject)}, {@code !} after
 *     {@code FEATURE(nouucp, reject)}: a recipient with one in its local-part is for those alone
 *     who may relay
 */
public record OwnPolicy(ClientControl clients, AuthPolicy auth, Set<Character> refusedCharacters) {
  /** Of tables that another node has published. */
  static final OwnPolicy NONE = new OwnPolicy(ClientControl.OFF, AuthPolicy.DEFAULT, Set.of());

  public OwnPolicy {
    Objects.requireNonNull(clients);
    Objects.requireNonNull(auth);
    refusedCharacters = Set.copyOf(refusedCharacters);
  }

  static OwnPolicy of(McFile mc) {
    return new OwnPolicy(ClientControl.of(mc), AuthPolicy.of(mc), refused(mc));
  }

  private static Set<Character> refused(McFile mc) {
    var refused = new HashSet<Character>();
    if (rejects(mc, "nopercenthack")) {
      refused.add('%');
    }
    if (rejects(mc, "nouucp")) {
      refused.add('!');
    }
    return refused;
  }

  private static boolean rejects(McFile mc, String feature) {
    return mc.featureArguments(feature).stream()
        .limit(1)
        .anyMatch(a -> a.strip().toLowerCase(Locale.ROOT).startsWith("r"));
  }
}
