package org.malleposte.line;

import java.nio.ByteBuffer;

/**
 * Counts off the chunks of a message (RFC 3030 §2). Unless it is binary it is held to the same
 * lines as one that ends in a dot: what is stored must mean the same to whoever reads or relays it,
 * however it came.
 */
public final class ChunkDecoder implements MessageDecoder {
  private final int lineMaxOctets;
  private final boolean binary;
  private long left;
  private boolean last;
  private long lineOctets;
  private boolean afterCr;
  private boolean lineTooLong;
  private boolean bareEndOfLine;
  private int seen;

  /**
   * @param lineMaxOctets of a line, with its CRLF
   * @param binary its lines are not judged here (RFC 3030 §3): it becomes one of lines later
   */
  public ChunkDecoder(int lineMaxOctets, boolean binary) {
    this.lineMaxOctets = lineMaxOctets;
    this.binary = binary;
  }

  /** A chunk follows. */
  public void begin(long octets, boolean isLast) {
    if (left > 0 || last) {
      throw new IllegalStateException("the chunk before has not ended");
    }
    left = octets;
    last = isLast;
  }

  @Override
  public Progress decode(ByteBuffer input, Sink sink) {
    int count = (int) Math.min(left, input.remaining());
    int from = input.arrayOffset() + input.position();
    look(input.array(), from, from + count);
    if (count > 0) {
      sink.write(input.array(), from, count);
    }
    input.position(input.position() + count);
    left -= count;
    if (left > 0) {
      return Progress.PARTIAL;
    }
    return last ? Progress.ENDED : Progress.CHUNK_ENDED;
  }

  /** Whether the chunk has come whole; at once when it has no octets. */
  public boolean isEnded() {
    return left == 0;
  }

  private void look(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      seen |= b;
      lineOctets++;
      if ((b == '\n') != afterCr) {
        bareEndOfLine = true;
      }
      if (lineOctets > lineMaxOctets) {
        lineTooLong = true;
      }
      if (b == '\n') {
        lineOctets = 0;
      }
      afterCr = b == '\r';
    }
  }

  @Override
  public boolean sawLineTooLong() {
    return lineTooLong && !binary;
  }

  /** Also a CR at the very end. */
  @Override
  public boolean sawBareEndOfLine() {
    boolean endsInCr = last && left == 0 && afterCr;
    return (bareEndOfLine || endsInCr) && !binary;
  }

  @Override
  public boolean sawEightBit() {
    return (seen & 0x80) != 0;
  }
}
