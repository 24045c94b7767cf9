package org.malleposte.tables;

import java.util.List;
import java.util.Objects;

/** A directive of {@code sendmail.mc}. */
public record McDirective(int line, String name, List<String> arguments, Meaning meaning) {
  /** What becomes of a directive. */
  public sealed interface Meaning {
    /** It is obeyed; says how. */
    record Taken(String how) implements Meaning {}

    /** Something else says it here; says what. */
    record Elsewhere(String where) implements Meaning {}

    /** It has no effect; says why and what to do. */
    record NotTaken(String why, String remedy) implements Meaning {}
  }

  public McDirective {
    Objects.requireNonNull(name);
    Objects.requireNonNull(meaning);
    arguments = List.copyOf(arguments);
  }

  /** The directive on one line. */
  public String text() {
    return arguments.isEmpty()
        ? name
        : name + "(" + String.join(", ", arguments.stream().map(a -> "`" + a + "'").toList()) + ")";
  }

  /** The argument without blanks around; empty where there is none. */
  public String argument(int n) {
    return n < arguments.size() ? arguments.get(n).strip() : "";
  }
}
