package org.malleposte.config;

import java.util.Comparator;
import java.util.Objects;

/**
 * Something is wrong with the configuration: where, what, and what to do about it.
 *
 * @param remedy what the reader should do; never empty
 */
public record ConfigProblem(Severity severity, Origin where, String what, String remedy) {
  /** Whether a node starts all the same. */
  public enum Severity {
    ERROR,
    WARNING
  }

  public ConfigProblem {
    Objects.requireNonNull(severity);
    Objects.requireNonNull(where);
    if (what.isEmpty() || remedy.isEmpty()) {
      throw new IllegalArgumentException("a problem without words or remedy: " + what);
    }
  }

  static ConfigProblem error(Origin where, String what, String remedy) {
    return new ConfigProblem(Severity.ERROR, where, what, remedy);
  }

  static ConfigProblem warning(Origin where, String what, String remedy) {
    return new ConfigProblem(Severity.WARNING, where, what, remedy);
  }

  /** By line of the file; what the environment did wrong comes last. */
  static Comparator<ConfigProblem> byPlace() {
    return Comparator.comparingInt(
        problem ->
            switch (problem.where) {
              case Origin.InFile(var _, int line) -> line;
              case Origin.InEnvironment _, Origin.ByDefault _ -> Integer.MAX_VALUE;
            });
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** {@code file:line: what; the remedy}. */
  @Override
  public String toString() {
    return where + ": " + (isError() ? "" : "warning: ") + what + "; " + remedy;
  }
}
