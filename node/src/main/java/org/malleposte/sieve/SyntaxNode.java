package org.malleposte.sieve;

import java.util.List;
import java.util.Optional;

/**
 * A command or a test as it is written, before anybody knows what it means (RFC 5228 §8.2).
 *
 * @param name in lower case
 * @param tests what follows the arguments: one, or those in parentheses
 * @param block of a command; empty where a semicolon ends it, and of a test
 */
record SyntaxNode(
    int line,
    String name,
    List<Argument> arguments,
    List<SyntaxNode> tests,
    Optional<List<SyntaxNode>> block) {
  /** One argument. */
  sealed interface Argument {
    int line();

    record Tag(int line, String name) implements Argument {}

    record Number(int line, long value) implements Argument {}

    /** A string, or a list of them. */
    record Strings(int line, List<String> values, boolean list) implements Argument {
      public Strings {
        values = List.copyOf(values);
      }
    }
  }

  SyntaxNode {
    arguments = List.copyOf(arguments);
    tests = List.copyOf(tests);
    block = block.map(List::copyOf);
  }
}
