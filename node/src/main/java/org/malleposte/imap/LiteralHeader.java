package org.malleposte.imap;

/**
 * The <code>{n}</code> or <code>{n+}</code> that ends a line (RFC 7888 §3).
 *
 * @param position where it begins in the line
 * @param sizeBytes at most 2^63 - 1; a larger one counts as that
 * @param binary it is a literal8, with {@code ~} in front (RFC 3516 §4.4)
 */
record LiteralHeader(int position, long sizeBytes, boolean synchronizing, boolean binary) {
  private static final int DIGITS_MAX = 18;

  /** Null when the line does not end in one. */
  static LiteralHeader endOf(byte[] line) {
    int last = line.length - 1;
    if (last < 2 || line[last] != '}') {
      return null;
    }
    boolean synchronizing = line[last - 1] != '+';
    int digitsEnd = synchronizing ? last : last - 1;
    int open = digitsEnd - 1;
    while (open >= 0 && line[open] >= '0' && line[open] <= '9') {
      open--;
    }
    if (open < 0 || line[open] != '{' || open + 1 == digitsEnd) {
      return null;
    }
    // Behind a word it is a part of that: ~ is an atom's character too.
    boolean binary =
        open > 1 && line[open - 1] == '~' && (line[open - 2] == ' ' || line[open - 2] == '(');
    long size = number(line, open + 1, digitsEnd);
    return new LiteralHeader(binary ? open - 1 : open, size, synchronizing, binary);
  }

  private static long number(byte[] line, int from, int to) {
    if (to - from > DIGITS_MAX) {
      return Long.MAX_VALUE;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + line[i] - '0';
    }
    return value;
  }
}
