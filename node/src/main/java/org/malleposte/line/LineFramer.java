package org.malleposte.line;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines that end in CRLF. Holds at most one line of {@code maxOctets},
 * and no memory between lines. Belongs to one thread.
 *
 * <p>A bare CR or LF makes the stretch up to the next LF a {@link Frame.BareEndOfLine}, and so on
 * until a CRLF: nothing in it is ever taken for a command.
 */
public final class LineFramer {
  private static final byte[] NONE = {};
  private static final int FIRST_OCTETS = 128;

  private final int maxOctets;
  private byte[] held = NONE;
  private int length;
  private boolean lastWasCr;
  private boolean tooLong;
  private boolean bare;

  /**
   * @param maxOctets of a line, with its CRLF
   */
  public LineFramer(int maxOctets) {
    if (maxOctets < 2) {
      throw new IllegalArgumentException("a line has at least two octets");
    }
    this.maxOctets = maxOctets;
  }

  /**
   * Takes from {@code input} up to the end of the line, or all of it.
   *
   * @param input backed by an array
   */
  public Frame next(ByteBuffer input) {
    byte[] bytes = input.array();
    int base = input.arrayOffset();
    int from = base + input.position();
    int limit = base + input.limit();
    for (int i = from; i < limit; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        boolean proper = lastWasCr;
        lastWasCr = false;
        input.position(i + 1 - base);
        return ended(bytes, from, i, proper);
      }
      if (lastWasCr) {
        bare = true;
      }
      lastWasCr = b == '\r';
    }
    hold(bytes, from, limit);
    input.position(input.limit());
    return Frame.PARTIAL;
  }

  /** Whether a line has begun and not ended. */
  public boolean isInLine() {
    return length > 0 || tooLong || bare || lastWasCr;
  }

  private Frame ended(byte[] bytes, int from, int lf, boolean proper) {
    if (bare || !proper) {
      // Still tainted after a bare LF: only a CRLF is sure to be an end that both sides see.
      reset();
      bare = !proper;
      return Frame.BARE_END_OF_LINE;
    }
    int more = lf - from;
    if (tooLong || length + more + 1 > maxOctets) {
      reset();
      return Frame.TOO_LONG;
    }
    byte[] line = new byte[length + more - 1];
    System.arraycopy(held, 0, line, 0, Math.min(length, line.length));
    if (more > 0) {
      System.arraycopy(bytes, from, line, length, more - 1);
    }
    reset();
    return new Frame.Line(line);
  }

  private void hold(byte[] bytes, int from, int to) {
    int more = to - from;
    if (tooLong || bare || length + more > maxOctets) {
      tooLong = true;
      held = NONE;
      length = 0;
      return;
    }
    if (held.length < length + more) {
      int wanted = Math.max(FIRST_OCTETS, Math.max(length + more, held.length * 2));
      held = Arrays.copyOf(held, Math.min(maxOctets, wanted));
    }
    System.arraycopy(bytes, from, held, length, more);
    length += more;
  }

  private void reset() {
    held = NONE;
    length = 0;
    tooLong = false;
    bare = false;
  }
}
