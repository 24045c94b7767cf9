package org.malleposte.sieve;

import java.util.List;
import java.util.Optional;

/**
 * What scripts decided.
 *
 * @param actions in the order in which the scripts came to them; without one that keeps the mail it
 *     is thrown away
 * @param failure a run-time error; then the one action is to keep the mail
 */
public record FilterResult(List<SieveAction> actions, Optional<String> failure) {
  public FilterResult {
    actions = List.copyOf(actions);
  }
}
