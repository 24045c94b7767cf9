package org.malleposte.tables;

import java.util.Objects;

/**
 * A mistake in a table, with the cure.
 *
 * @param file as it was given, relative or absolute
 * @param line from 1; 0: the file as a whole
 */
public record TableProblem(String file, int line, Severity severity, String what, String remedy) {
  /** What follows from a problem. */
  public enum Severity {
    /** The line means something, though perhaps not what was meant. */
    WARNING,
    /** The line has no effect, or a bad one: the tables must not be put in force. */
    ERROR
  }

  public TableProblem {
    Objects.requireNonNull(file);
    Objects.requireNonNull(severity);
    // It quotes the file, and is a line of a log or a terminal.
    what = what.replaceAll("[\\p{Cntrl}&&[^\t]]", "?");
    Objects.requireNonNull(remedy);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** {@code file:line: what; remedy}. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (isError() ? "" : "warning: ")
        + what
        + "; "
        + remedy;
  }
}
