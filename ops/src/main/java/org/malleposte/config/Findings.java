package org.malleposte.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What rules find wrong with values: each is said of the line that gave the value. */
final class Findings {
  private final Settings settings;
  private final Origin somewhere;
  private final List<ConfigProblem> problems = new ArrayList<>();

  /**
   * @param somewhere stands for values that nobody has set
   */
  Findings(Settings settings, Origin somewhere) {
    this.settings = settings;
    this.somewhere = somewhere;
  }

  List<ConfigProblem> all() {
    return List.copyOf(problems);
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /**
   * @param keys the first of them that is given has the line
   */
  void error(String what, String remedy, ConfigKey<?>... keys) {
    problems.add(ConfigProblem.error(origin(keys), what, remedy));
  }

  /** As above. */
  void warning(String what, String remedy, ConfigKey<?>... keys) {
    problems.add(ConfigProblem.warning(origin(keys), what, remedy));
  }

  /** Of a line that no key stands for. */
  void warning(Origin origin, String what, String remedy) {
    problems.add(ConfigProblem.warning(origin, what, remedy));
  }

  /** A file that is named must be one that this process can read. */
  void readable(ConfigKey<Optional<Path>> key) {
    settings
        .get(key)
        .filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
        .ifPresent(
            file ->
                error(
                    key.path() + ": cannot read " + file,
                    "create the file, or see its permissions",
                    key));
  }

  private Origin origin(ConfigKey<?>... keys) {
    return settings.firstGiven(keys).orElse(somewhere);
  }
}
