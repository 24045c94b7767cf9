package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code :matches} (RFC 5228 §2.7.1). Goes back to the last star only, which finds the shortest
 * match for each (RFC 5229 §3.2), and takes at most length of text times length of pattern.
 */
final class Glob {
  private static final int ANY = -1;
  private static final int ONE = -2;

  private final int[] tokens;
  private final int[] wildcards;

  private Glob(int[] tokens) {
    this.tokens = tokens;
    wildcards = new int[tokens.length];
    int count = 0;
    for (int i = 0; i < tokens.length; i++) {
      wildcards[i] = tokens[i] < 0 ? count++ : -1;
    }
  }

  /** {@code * ?} and, to take them as they are, a backslash before them. */
  static Glob of(String pattern) {
    int[] points = pattern.codePoints().toArray();
    int[] tokens = new int[points.length];
    int length = 0;
    for (int i = 0; i < points.length; i++) {
      if (points[i] == '\\' && i + 1 < points.length) {
        tokens[length++] = points[++i];
      } else if (points[i] == '*') {
        tokens[length++] = ANY;
      } else {
        tokens[length++] = points[i] == '?' ? ONE : points[i];
      }
    }
    return new Glob(java.util.Arrays.copyOf(tokens, length));
  }

  /**
   * @param folded what is compared, of the same length as {@code text}
   * @return the whole text, and what each of the first nine wildcards stands for; empty: no match
   */
  Optional<List<String>> match(String text, String folded, Effort effort)
      throws ScriptFailedException {
    int[] points = folded.codePoints().toArray();
    var ends = new int[2 * tokens.length];
    effort.spend(points.length);
    return walk(points, ends, effort) ? Optional.of(found(text, ends)) : Optional.empty();
  }

  private boolean walk(int[] points, int[] ends, Effort effort) throws ScriptFailedException {
    int token = 0;
    int at = 0;
    int star = -1;
    int retry = 0;
    long steps = 0;
    while (at < points.length) {
      if ((++steps & 0xFFF) == 0) {
        effort.spend(0x1000);
      }
      if (token < tokens.length && tokens[token] == ANY) {
        star = token;
        retry = at;
        note(ends, token++, at, at);
      } else if (token < tokens.length && (tokens[token] == ONE || tokens[token] == points[at])) {
        note(ends, token++, at, ++at);
      } else if (star >= 0) {
        at = ++retry;
        ends[2 * star + 1] = at;
        token = star + 1;
      } else {
        return false;
      }
    }
    while (token < tokens.length && tokens[token] == ANY) {
      note(ends, token++, at, at);
    }
    return token == tokens.length;
  }

  private static void note(int[] ends, int token, int from, int to) {
    ends[2 * token] = from;
    ends[2 * token + 1] = to;
  }

  private List<String> found(String text, int[] ends) {
    var found = new ArrayList<String>();
    found.add(text);
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < tokens.length; i++) {
      if (wildcards[i] >= 0 && found.size() <= SieveLimits.MATCH_VARIABLES_MAX) {
        found.add(new String(points, ends[2 * i], ends[2 * i + 1] - ends[2 * i]));
      }
    }
    return found;
  }
}
