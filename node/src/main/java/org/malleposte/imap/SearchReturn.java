package org.malleposte.imap;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What SEARCH and SORT return (RFC 4731 §3.1, RFC 5267 §3).
 *
 * @param partial RFC 9394
 */
record SearchReturn(Set<Result> results, Optional<PartialRange> partial) {
  private static final int OPTIONS_MAX = 16;

  /** Of SORT, MIN and MAX are the first and the last in its order. */
  enum Result {
    MIN,
    MAX,
    ALL,
    COUNT,
    /** Kept, for {@code $} (RFC 5182). */
    SAVE
  }

  SearchReturn {
    results = Set.copyOf(results);
  }

  boolean has(Result result) {
    return results.contains(result);
  }

  /** Whether there is a response: who only saves wants none (RFC 5182 §2.1). */
  boolean answers() {
    return partial.isPresent() || !results.equals(Set.of(Result.SAVE));
  }

  /** Whether nothing is wanted but these, and what is saved. */
  boolean isOnly(Set<Result> some) {
    var wanted = EnumSet.noneOf(Result.class);
    wanted.addAll(results);
    wanted.remove(Result.SAVE);
    return partial.isEmpty() && wanted.equals(some);
  }

  /** {@code RETURN (option ...) }, if that is next. */
  static Optional<SearchReturn> parse(CommandCursor cursor) throws ImapSyntaxException {
    if (!cursor.takeWholeWord("RETURN")) {
      return Optional.empty();
    }
    cursor.space();
    var parser = new Parser(cursor);
    cursor.list(OPTIONS_MAX, parser::option);
    cursor.space();
    return Optional.of(parser.finish());
  }

  private static final class Parser {
    private final CommandCursor cursor;
    private final Set<Result> results = EnumSet.noneOf(Result.class);
    private Optional<PartialRange> partial = Optional.empty();

    Parser(CommandCursor cursor) {
      this.cursor = cursor;
    }

    String option() throws ImapSyntaxException {
      String name = cursor.atom().toUpperCase(Locale.ROOT);
      switch (name) {
        case "MIN" -> results.add(Result.MIN);
        case "MAX" -> results.add(Result.MAX);
        case "ALL" -> results.add(Result.ALL);
        case "COUNT" -> results.add(Result.COUNT);
        case "SAVE" -> results.add(Result.SAVE);
        case "PARTIAL" -> {
          if (partial.isPresent()) {
            throw new ImapSyntaxException("PARTIAL twice");
          }
          cursor.space();
          partial = Optional.of(PartialRange.parse(cursor));
        }
        default -> throw new ImapSyntaxException("Unknown return option");
      }
      return name;
    }

    SearchReturn finish() throws ImapSyntaxException {
      if (partial.isPresent() && results.contains(Result.ALL)) {
        throw new ImapSyntaxException("PARTIAL and ALL exclude each other");
      }
      if (results.isEmpty() && partial.isEmpty()) {
        results.add(Result.ALL);
      }
      return new SearchReturn(results, partial);
    }
  }
}
