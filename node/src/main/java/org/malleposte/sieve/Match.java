package org.malleposte.sieve;

/**
 * How a test compares (RFC 5228 §2.7).
 *
 * @param comparator by which strings are equal, or greater
 */
record Match(Type type, Comparator comparator) {
  static final Match DEFAULT = new Match(new Type.Is(), Comparator.ASCII_CASEMAP);

  /** RFC 5228 §2.7.1, RFC 5231 §4. */
  sealed interface Type {
    record Is() implements Type {}

    record Contains() implements Type {}

    record Matches() implements Type {}

    record Value(Relation relation) implements Type {}

    record Count(Relation relation) implements Type {}
  }

  /** RFC 5231 §4.1. */
  enum Relation {
    GT,
    GE,
    LT,
    LE,
    EQ,
    NE;

    boolean holds(int comparison) {
      return switch (this) {
        case GT -> comparison > 0;
        case GE -> comparison >= 0;
        case LT -> comparison < 0;
        case LE -> comparison <= 0;
        case EQ -> comparison == 0;
        case NE -> comparison != 0;
      };
    }
  }

  /** RFC 4790 §9, RFC 2244 §3.4. */
  enum Comparator {
    OCTET("i;octet"),
    ASCII_CASEMAP("i;ascii-casemap"),
    ASCII_NUMERIC("i;ascii-numeric");

    private final String word;

    Comparator(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    /** What {@code equals}, {@code contains} and {@code matches} work on. */
    String folded(String text) {
      return this == ASCII_CASEMAP ? lower(text) : text;
    }

    int compare(String a, String b) {
      return switch (this) {
        case OCTET -> compareBytes(a, b);
        case ASCII_CASEMAP -> compareBytes(lower(a), lower(b));
        case ASCII_NUMERIC -> compareNumbers(digits(a), digits(b));
      };
    }

    // In UTF-8 bytes sort as code points do; Java's own order puts surrogates wrong.
    private static int compareBytes(String a, String b) {
      int length = Math.min(a.length(), b.length());
      for (int i = 0; i < length; i++) {
        if (a.charAt(i) != b.charAt(i)) {
          return Integer.compare(a.codePointAt(i), b.codePointAt(i));
        }
      }
      return Integer.compare(a.length(), b.length());
    }

    private static String lower(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
          return lowered(text);
        }
      }
      return text;
    }

    private static String lowered(String text) {
      char[] lower = text.toCharArray();
      for (int i = 0; i < lower.length; i++) {
        if (lower[i] >= 'A' && lower[i] <= 'Z') {
          lower[i] += 'a' - 'A';
        }
      }
      return new String(lower);
    }

    /** The digits that it begins with, without leading zeros; empty: infinity (RFC 4790 §9.1). */
    private static String digits(String text) {
      int end = 0;
      while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
        end++;
      }
      int start = 0;
      while (start < end - 1 && text.charAt(start) == '0') {
        start++;
      }
      return text.substring(start, end);
    }

    private static int compareNumbers(String a, String b) {
      if (a.isEmpty() || b.isEmpty()) {
        return Boolean.compare(a.isEmpty(), b.isEmpty());
      }
      return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
  }
}
