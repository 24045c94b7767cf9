package org.malleposte.sieve;

import java.util.List;

/** A string of a script: constant, or with variables in it (RFC 5229 §3). */
sealed interface Text {
  record Constant(String value) implements Text {}

  record Composed(List<Part> parts) implements Text {
    public Composed {
      parts = List.copyOf(parts);
    }
  }

  /** A piece of a {@link Composed}. */
  sealed interface Part {
    record Literal(String value) implements Part {}

    /**
     * @param name in lower case
     */
    record Variable(String name) implements Part {}

    /** What a wildcard of the last match stood for; 0 is all (RFC 5229 §3.2). */
    record Matched(int index) implements Part {}
  }

  static Text of(String value) {
    return new Constant(value);
  }
}
