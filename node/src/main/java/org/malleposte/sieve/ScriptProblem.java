package org.malleposte.sieve;

/**
 * What is wrong with a script.
 *
 * @param line from 1
 * @param remedy what the author can do
 */
public record ScriptProblem(int line, String what, String remedy) {
  @Override
  public String toString() {
    return "line " + line + ": " + what + "; " + remedy;
  }
}
