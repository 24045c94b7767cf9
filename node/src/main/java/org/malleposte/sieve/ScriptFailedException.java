package org.malleposte.sieve;

/** A run-time error of a script: the mail is kept instead. Never leaves this package. */
final class ScriptFailedException extends Exception {
  private static final long serialVersionUID = 1;

  ScriptFailedException(String what) {
    super(what, null, false, false);
  }

  ScriptFailedException(int line, String what) {
    this("line " + line + ": " + what);
  }
}
