package org.malleposte.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Plays the story of a cluster that loses its primary, with real processes. */
@FunctionalInterface
public interface DemoRunner {
  /**
   * @param keep leave the cluster running at the end
   * @param json where the account goes as JSON
   */
  record DemoOptions(boolean keep, Optional<Path> json) {}

  /**
   * @return 0 only when nothing was lost and nothing is double
   */
  int run(DemoOptions options);
}
