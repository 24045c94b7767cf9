package org.malleposte.config;

import java.util.Map;
import java.util.Optional;

/** A value for every key, and where each comes from. Immutable. */
final class Settings {
  record Setting<T>(T value, Origin origin) {}

  private final Map<ConfigKey<?>, Setting<?>> byKey;

  /**
   * @param byKey has every key, each with a value of its type
   */
  Settings(Map<ConfigKey<?>, Setting<?>> byKey) {
    this.byKey = Map.copyOf(byKey);
  }

  @SuppressWarnings("unchecked") // The loader parsed it with the key's own type.
  <T> T get(ConfigKey<T> key) {
    return (T) byKey.get(key).value();
  }

  Origin origin(ConfigKey<?> key) {
    return byKey.get(key).origin();
  }

  boolean isGiven(ConfigKey<?> key) {
    return !(origin(key) instanceof Origin.ByDefault);
  }

  /** The first of {@code keys} that somebody has set: where a problem between them is fixed. */
  Optional<Origin> firstGiven(ConfigKey<?>... keys) {
    for (ConfigKey<?> key : keys) {
      if (isGiven(key)) {
        return Optional.of(origin(key));
      }
    }
    return Optional.empty();
  }
}
