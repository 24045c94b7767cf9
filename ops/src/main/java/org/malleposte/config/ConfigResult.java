package org.malleposte.config;

import java.util.List;

/** How reading a configuration ended. */
public sealed interface ConfigResult {
  /**
   * @param effective for {@code check}: every key with its value and origin
   * @param warnings worth a look
   */
  record Loaded(NodeConfig config, EffectiveConfig effective, List<ConfigProblem> warnings)
      implements ConfigResult {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * @param problems errors, at least one, and warnings
   */
  record Refused(List<ConfigProblem> problems) implements ConfigResult {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /** Errors and warnings. */
  default List<ConfigProblem> problems() {
    return switch (this) {
      case Loaded loaded -> loaded.warnings();
      case Refused refused -> refused.problems();
    };
  }
}
