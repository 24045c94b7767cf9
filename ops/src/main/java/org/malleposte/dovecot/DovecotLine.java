package org.malleposte.dovecot;

/** One logical line of a file. */
sealed interface DovecotLine {
  /** {@code key = value}, quotes taken off. */
  record Assign(String key, String value) implements DovecotLine {}

  /** {@code key = <path}. */
  record AssignFile(String key, String path) implements DovecotLine {}

  /** {@code key = ... $name ...}, not quoted. */
  record AssignVariable(String key, String value) implements DovecotLine {}

  /**
   * {@code type name {}.
   *
   * @param name empty without one
   */
  record Begin(String type, String name) implements DovecotLine {}

  record End() implements DovecotLine {}

  /**
   * @param pattern of files
   * @param mayLack of {@code !include_try}
   */
  record Include(String pattern, boolean mayLack) implements DovecotLine {}

  record Malformed(String what, String remedy) implements DovecotLine {}
}
