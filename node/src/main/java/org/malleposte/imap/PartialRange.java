package org.malleposte.imap;

/**
 * Which of many results a client wants (RFC 9394 §3.1): {@code 1:100}, the first ones, or {@code
 * -1:-100}, the last ones.
 *
 * @param from not 0; of the same sign as {@code to}
 */
record PartialRange(long from, long to) {
  PartialRange {
    if (from == 0 || to == 0 || from < 0 != to < 0) {
      throw new IllegalArgumentException("both count from the same end, and from 1");
    }
  }

  static PartialRange parse(CommandCursor cursor) throws ImapSyntaxException {
    long from = number(cursor);
    cursor.expect(':');
    long to = number(cursor);
    if (from < 0 != to < 0) {
      throw new ImapSyntaxException("Invalid range");
    }
    return new PartialRange(from, to);
  }

  private static long number(CommandCursor cursor) throws ImapSyntaxException {
    boolean fromEnd = cursor.take('-');
    long number = cursor.number();
    if (number == 0) {
      throw new ImapSyntaxException("Zero in a range");
    }
    return fromEnd ? -number : number;
  }

  /** Index of the first wanted one of {@code count}; {@link #end} when there is none. */
  int start(int count) {
    long near = Math.min(Math.abs(from), Math.abs(to));
    long far = Math.max(Math.abs(from), Math.abs(to));
    long start = from > 0 ? near - 1 : count - far;
    return (int) Math.min(Math.max(start, 0), end(count));
  }

  /** Index behind the last wanted one. */
  int end(int count) {
    long near = Math.min(Math.abs(from), Math.abs(to));
    long far = Math.max(Math.abs(from), Math.abs(to));
    long end = from > 0 ? far : count - near + 1;
    return (int) Math.min(Math.max(end, 0), count);
  }

  /** As it was asked for. */
  @Override
  public String toString() {
    return from + ":" + to;
  }
}
