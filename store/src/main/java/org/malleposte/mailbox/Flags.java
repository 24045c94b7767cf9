package org.malleposte.mailbox;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The flags of a message: the system flags of RFC 9051 §2.3.2 and keywords. Flags compare without
 * case; a keyword keeps the spelling with which it came. {@code \Recent} is no flag of the store:
 * it is computed.
 */
public record Flags(Set<String> names) {
  public static final String SEEN = "\\Seen";
  public static final String ANSWERED = "\\Answered";
  public static final String FLAGGED = "\\Flagged";
  public static final String DELETED = "\\Deleted";
  public static final String DRAFT = "\\Draft";
  public static final Flags NONE = new Flags(Set.of());

  private static final Set<String> SYSTEM = Set.of(SEEN, ANSWERED, FLAGGED, DELETED, DRAFT);

  /** Keywords a message may have; a client that sets more is refused. */
  public static final int MAX_KEYWORDS = 64;

  public Flags {
    var sorted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : names) {
      sorted.add(canonical(name));
    }
    names = java.util.Collections.unmodifiableSortedSet(sorted);
  }

  public static Flags of(String... names) {
    return new Flags(Set.of(names));
  }

  public boolean has(String flag) {
    return names.contains(flag);
  }

  /** Whether it is one of the five flags of RFC 9051 §2.3.2, in their spelling. */
  public static boolean isSystem(String flag) {
    return SYSTEM.contains(flag);
  }

  /** Both; of a keyword in two spellings the first stays. */
  public Flags with(Flags more) {
    var all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    all.addAll(names);
    all.addAll(more.names);
    return new Flags(all);
  }

  public Flags without(Flags fewer) {
    var left = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    left.addAll(names);
    fewer.names.forEach(left::remove);
    return new Flags(left);
  }

  /** For {@code FLAGS (...)}: names with spaces between. */
  @Override
  public String toString() {
    return String.join(" ", names);
  }

  private static String canonical(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "\\seen" -> SEEN;
      case "\\answered" -> ANSWERED;
      case "\\flagged" -> FLAGGED;
      case "\\deleted" -> DELETED;
      case "\\draft" -> DRAFT;
      default -> name;
    };
  }
}
