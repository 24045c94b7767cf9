package org.malleposte.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which word was meant. */
final class Nearest {
  private Nearest() {}

  /** What to do about {@code unknown}: "did you mean ...", or what there is. */
  static String remedy(String unknown, Collection<String> known) {
    return nearest(unknown, known)
        .map(guess -> "did you mean " + guess + "?")
        .orElseGet(() -> "remove it, or use one of " + String.join(", ", known));
  }

  static Optional<String> nearest(String unknown, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(word -> distance(unknown, word)))
        .filter(word -> distance(unknown, word) <= Math.max(2, word.length() / 4));
  }

  /** Levenshtein's, a transposition counting as one. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
      }
    }
    return d[a.length()][b.length()];
  }

  private static int step(int[][] d, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least = Math.min(d[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(d[i - 1][j], d[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
  }
}
