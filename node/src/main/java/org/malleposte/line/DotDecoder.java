package org.malleposte.line;

import java.nio.ByteBuffer;

/**
 * Undoes dot-stuffing and finds the end of a message (RFC 5321 §4.5.2). Only CRLF.CRLF ends it; a
 * bare CR or LF never counts as an end of line, so no two servers can see two different ends ("SMTP
 * smuggling"). One decoder is for one message and belongs to one thread.
 */
public final class DotDecoder implements MessageDecoder {
  private enum State {
    LINE_START,
    IN_LINE,
    AFTER_CR,
    /** After a dot at the start of a line: dropped, unless the line turns out to be the last. */
    AFTER_DOT,
    AFTER_DOT_CR,
    ENDED
  }

  private static final byte[] CR = {'\r'};

  private final int lineMaxOctets;
  private State state = State.LINE_START;
  private long lineOctets;
  private boolean lineTooLong;
  private boolean bareEndOfLine;
  private int seen;

  /**
   * @param lineMaxOctets of a line, with its CRLF
   */
  public DotDecoder(int lineMaxOctets) {
    this.lineMaxOctets = lineMaxOctets;
  }

  @Override
  public Progress decode(ByteBuffer input, Sink sink) {
    byte[] bytes = input.array();
    int base = input.arrayOffset();
    int limit = base + input.limit();
    int at = base + input.position();
    while (at < limit && state != State.ENDED) {
      at =
          switch (state) {
            case LINE_START -> lineStart(bytes, at);
            case IN_LINE -> inLine(bytes, at, limit, sink);
            case AFTER_CR -> afterCr(bytes, at, sink);
            case AFTER_DOT -> afterDot(bytes, at);
            case AFTER_DOT_CR -> afterDotCr(bytes, at, sink);
            case ENDED -> at;
          };
    }
    input.position(at - base);
    return state == State.ENDED ? Progress.ENDED : Progress.PARTIAL;
  }

  @Override
  public boolean sawLineTooLong() {
    return lineTooLong;
  }

  @Override
  public boolean sawBareEndOfLine() {
    return bareEndOfLine;
  }

  @Override
  public boolean sawEightBit() {
    return (seen & 0x80) != 0;
  }

  private int lineStart(byte[] bytes, int at) {
    lineOctets = 0;
    if (bytes[at] == '.') {
      state = State.AFTER_DOT;
      return at + 1;
    }
    state = State.IN_LINE;
    return at;
  }

  /** Hands on everything up to a CR, with it when its LF is here too. */
  private int inLine(byte[] bytes, int from, int limit, Sink sink) {
    int at = from;
    int or = seen;
    while (at < limit && bytes[at] != '\r') {
      byte b = bytes[at++];
      or |= b;
      if (b == '\n') {
        bareEndOfLine = true;
      }
    }
    seen = or;
    countLine(at - from);
    if (at + 1 < limit && bytes[at + 1] == '\n') {
      countLine(2);
      sink.write(bytes, from, at + 2 - from);
      state = State.LINE_START;
      return at + 2;
    }
    if (at > from) {
      sink.write(bytes, from, at - from);
    }
    if (at == limit) {
      return at;
    }
    state = State.AFTER_CR;
    return at + 1;
  }

  /** The CR has not been handed on yet. */
  private int afterCr(byte[] bytes, int at, Sink sink) {
    sink.write(CR, 0, 1);
    countLine(1);
    if (bytes[at] == '\n') {
      sink.write(bytes, at, 1);
      countLine(1);
      state = State.LINE_START;
      return at + 1;
    }
    bareEndOfLine = true;
    state = bytes[at] == '\r' ? State.AFTER_CR : State.IN_LINE;
    return bytes[at] == '\r' ? at + 1 : at;
  }

  private int afterDot(byte[] bytes, int at) {
    if (bytes[at] == '\r') {
      state = State.AFTER_DOT_CR;
      return at + 1;
    }
    state = State.IN_LINE;
    return at;
  }

  private int afterDotCr(byte[] bytes, int at, Sink sink) {
    if (bytes[at] == '\n') {
      state = State.ENDED;
      return at + 1;
    }
    return afterCr(bytes, at, sink);
  }

  private void countLine(long octets) {
    lineOctets += octets;
    if (lineOctets > lineMaxOctets) {
      lineTooLong = true;
    }
  }
}
