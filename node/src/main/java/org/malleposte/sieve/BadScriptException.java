package org.malleposte.sieve;

/** A script that cannot be understood; never leaves this package. */
final class BadScriptException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient ScriptProblem problem;

  BadScriptException(int line, String what, String remedy) {
    super(what, null, false, false);
    problem = new ScriptProblem(line, what, remedy);
  }

  ScriptProblem problem() {
    return problem;
  }
}
