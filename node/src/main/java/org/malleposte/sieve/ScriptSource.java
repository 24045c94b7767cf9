package org.malleposte.sieve;

import java.util.Optional;

/** Where {@code include} finds scripts (RFC 6609 §3.2). */
@FunctionalInterface
public interface ScriptSource {
  /** There are none. */
  ScriptSource NONE = (_, _) -> Optional.empty();

  /** Whose script is meant. */
  enum Location {
    PERSONAL,
    GLOBAL
  }

  /** The text of a script. */
  Optional<String> find(Location location, String name);
}
