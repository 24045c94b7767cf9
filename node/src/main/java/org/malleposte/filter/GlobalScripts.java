package org.malleposte.filter;

import java.util.List;
import org.malleposte.sieve.SieveScript;

/**
 * The postmaster's scripts.
 *
 * @param before run before a user's own
 * @param byDefault run in the place of the own one of who has none
 * @param after run after it, if it keeps the mail
 */
public record GlobalScripts(
    List<SieveScript> before, List<SieveScript> byDefault, List<SieveScript> after) {
  public static final GlobalScripts NONE = new GlobalScripts(List.of(), List.of(), List.of());

  public GlobalScripts {
    before = List.copyOf(before);
    byDefault = List.copyOf(byDefault);
    after = List.copyOf(after);
  }
}
