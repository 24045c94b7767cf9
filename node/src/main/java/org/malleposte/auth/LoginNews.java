package org.malleposte.auth;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What this node's guessers have done, for the other nodes, and the reverse: who is slow here must
 * not be quick there. It is told and heard as far as the links go; a login never waits for it.
 * Thread-safe; never blocks.
 */
public sealed interface LoginNews permits LoginNews.None, ClusterLoginNews {
  /** One login that ended, and what it is counted under. */
  record Attempted(boolean failed, List<Suspect> suspects) {
    public Attempted {
      suspects = List.copyOf(suspects);
    }
  }

  /** There are no other nodes. */
  record None() implements LoginNews {
    @Override
    public void tell(Attempted attempted) {
      Objects.requireNonNull(attempted);
    }

    @Override
    public void onHeard(Consumer<Attempted> listener) {
      Objects.requireNonNull(listener);
    }
  }

  void tell(Attempted attempted);

  /** Calls {@code listener} with what other nodes tell, on any thread; it must not block. */
  void onHeard(Consumer<Attempted> listener);
}
