package org.malleposte.sieve;

import java.util.List;
import java.util.Optional;

/** A command, checked: all of it is known to the program. */
sealed interface SieveCommand {
  int line();

  /** {@code if} or {@code elsif}. */
  record Branch(SieveTest test, List<SieveCommand> block) {
    public Branch {
      block = List.copyOf(block);
    }
  }

  record If(int line, List<Branch> branches, List<SieveCommand> otherwise)
      implements SieveCommand {}

  record Stop(int line) implements SieveCommand {}

  /**
   * @param flags empty: the internal variable's (RFC 5232 §5)
   */
  record Keep(int line, Optional<List<Text>> flags) implements SieveCommand {}

  record Discard(int line) implements SieveCommand {}

  record Redirect(int line, Text address, boolean copy) implements SieveCommand {}

  /**
   * @param use RFC 8579 §3
   */
  record FileInto(
      int line,
      Text mailbox,
      boolean copy,
      boolean create,
      Optional<Text> use,
      Optional<List<Text>> flags)
      implements SieveCommand {}

  record Reject(int line, Text reason) implements SieveCommand {}

  /** RFC 5232 §3. */
  enum FlagChange {
    SET,
    ADD,
    REMOVE
  }

  /**
   * @param variable empty: the internal one
   */
  record ChangeFlags(int line, FlagChange how, Optional<String> variable, List<Text> flags)
      implements SieveCommand {}

  /** RFC 5229 §4.1, by precedence: greater is done earlier. */
  enum Modifier {
    LOWER(40),
    UPPER(40),
    LOWERFIRST(30),
    UPPERFIRST(30),
    QUOTEWILDCARD(20),
    LENGTH(10);

    private final int precedence;

    Modifier(int precedence) {
      this.precedence = precedence;
    }

    int precedence() {
      return precedence;
    }
  }

  /**
   * @param modifiers in the order in which they are applied
   */
  record SetVariable(int line, String name, Text value, List<Modifier> modifiers)
      implements SieveCommand {}

  /**
   * RFC 5230.
   *
   * @param mime the reason is a MIME entity
   * @param fcc where a copy goes (RFC 8580)
   */
  record Vacation(
      int line,
      long seconds,
      Optional<Text> subject,
      Optional<Text> from,
      List<Text> addresses,
      boolean mime,
      Optional<Text> handle,
      Text reason,
      Optional<Fcc> fcc)
      implements SieveCommand {}

  /** RFC 8580 §3. */
  record Fcc(Text mailbox, boolean create, Optional<Text> use, Optional<List<Text>> flags) {}

  record AddHeader(int line, boolean last, Text name, Text value) implements SieveCommand {}

  /**
   * @param values empty: any
   */
  record DeleteHeader(
      int line, Text name, List<Text> values, Match match, Optional<SieveTest.Index> index)
      implements SieveCommand {}

  /** RFC 5463 §5. */
  record Fail(int line, Text message) implements SieveCommand {}

  /**
   * RFC 6609 §3.2.
   *
   * @param script empty: there is none of that name
   */
  record Include(
      int line, String name, boolean once, boolean optional, Optional<List<SieveCommand>> script)
      implements SieveCommand {}

  record Return(int line) implements SieveCommand {}

  /** RFC 6609 §3.4. */
  record Global(int line, List<String> variables) implements SieveCommand {}
}
