package org.malleposte.sieve;

import java.util.List;
import java.util.Optional;

/** A test, checked: all of it is known to the program. */
sealed interface SieveTest {
  /**
   * Which of several fields of a name is meant (RFC 5260 §6).
   *
   * @param number from 1
   * @param fromEnd {@code :last}
   */
  record Index(int number, boolean fromEnd) {}

  /** Where a date's zone comes from (RFC 5260 §4.1). */
  sealed interface Zone {
    /** As written in the field. */
    record Original() implements Zone {}

    /** The server's own: UTC. */
    record Local() implements Zone {}

    record Fixed(Text offset) implements Zone {}
  }

  /** What of a body is looked at (RFC 5173 §5). */
  sealed interface Transform {
    record Raw() implements Transform {}

    record Content(List<Text> types) implements Transform {}

    record Plain() implements Transform {}
  }

  record AllOf(List<SieveTest> tests) implements SieveTest {}

  record AnyOf(List<SieveTest> tests) implements SieveTest {}

  record Not(SieveTest test) implements SieveTest {}

  record Always(boolean value) implements SieveTest {}

  record Address(
      List<Text> fields, AddressPart part, List<Text> keys, Match match, Optional<Index> index)
      implements SieveTest {}

  record EnvelopeOf(List<Text> parts, AddressPart part, List<Text> keys, Match match)
      implements SieveTest {}

  record Exists(List<Text> fields) implements SieveTest {}

  record Header(List<Text> fields, List<Text> keys, Match match, Optional<Index> index)
      implements SieveTest {}

  record Size(boolean over, long bytes) implements SieveTest {}

  /**
   * RFC 5232 §4.
   *
   * @param variables empty: the internal one
   */
  record HasFlag(List<String> variables, List<Text> keys, Match match) implements SieveTest {}

  /** RFC 5229 §5: {@code string}. */
  record Strings(List<Text> sources, List<Text> keys, Match match) implements SieveTest {}

  /**
   * RFC 5260 §4 and §5.
   *
   * @param field empty: now
   */
  record DateOf(
      Optional<Text> field,
      Zone zone,
      String part,
      List<Text> keys,
      Match match,
      Optional<Index> index)
      implements SieveTest {}

  record Body(Transform transform, List<Text> keys, Match match) implements SieveTest {}

  /** RFC 5490 §3.1. */
  record MailboxExists(List<Text> names) implements SieveTest {}

  /**
   * RFC 8579 §4.
   *
   * @param mailbox empty: any
   */
  record SpecialUseExists(Optional<Text> mailbox, List<Text> uses) implements SieveTest {}

  record Environment(Text item, List<Text> keys, Match match) implements SieveTest {}

  /**
   * RFC 7352.
   *
   * @param unique empty: {@code Message-ID}
   */
  record Duplicate(Optional<Text> handle, Optional<Unique> unique, long seconds, boolean last)
      implements SieveTest {}

  /** What makes a mail a duplicate: a field, or a string. */
  sealed interface Unique {
    record Field(Text name) implements Unique {}

    record Value(Text value) implements Unique {}
  }
}
