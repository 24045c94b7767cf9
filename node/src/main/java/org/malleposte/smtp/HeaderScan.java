package org.malleposte.smtp;

/**
 * Looks at a message's header as it passes: how long it is, and how many {@code Received} lines it
 * has. Belongs to one message.
 */
final class HeaderScan {
  private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};
  private static final int NO_MATCH = -1;

  private long bytes;
  private int hops;
  private boolean ended;

  /** How far the line's beginning agrees with {@link #RECEIVED}. */
  private int matched;

  /** Whether the line has nothing but its CR so far. */
  private boolean empty = true;

  void scan(byte[] chunk, int offset, int length) {
    for (int i = offset; i < offset + length && !ended; i++) {
      byte b = chunk[i];
      bytes++;
      if (b == '\n') {
        ended = empty;
        matched = 0;
        empty = true;
      } else if (b != '\r') {
        empty = false;
        if (matched != NO_MATCH && matched < RECEIVED.length) {
          matched = lower(b) == RECEIVED[matched] ? matched + 1 : NO_MATCH;
          if (matched == RECEIVED.length) {
            hops++;
          }
        }
      }
    }
  }

  long headerBytes() {
    return bytes;
  }

  int hops() {
    return hops;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
