package org.malleposte.line;

/**
 * Dot-stuffs a message (RFC 5321 §4.5.2, RFC 1939 §3) and ends it. Belongs to one thread and one
 * message.
 *
 * <p>A bare CR or LF becomes CRLF: it is never sent outbound.
 */
public final class DotEncoder {
  private static final byte[] DOT = {'.'};
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] END = {'.', '\r', '\n'};

  private boolean atLineStart = true;
  private boolean afterCr;

  /** Encodes the next bytes of the message. */
  public void encode(byte[] bytes, int offset, int length, MessageDecoder.Sink sink) {
    int limit = offset + length;
    int from = offset;
    for (int at = offset; at < limit; at++) {
      byte b = bytes[at];
      if (afterCr) {
        afterCr = false;
        newLine(sink);
        if (b == '\n') {
          from = at + 1;
          continue;
        }
      }
      if (b == '\r' && at + 1 < limit && bytes[at + 1] == '\n') {
        at++;
        atLineStart = true;
      } else if (b == '\r' || b == '\n') {
        // A CR waits for the next bytes, which may begin with its LF.
        flush(bytes, from, at, sink);
        from = at + 1;
        afterCr = b == '\r';
        if (!afterCr) {
          newLine(sink);
        }
      } else {
        if (atLineStart && b == '.') {
          flush(bytes, from, at, sink);
          from = at;
          sink.write(DOT, 0, 1);
        }
        atLineStart = false;
      }
    }
    flush(bytes, from, limit, sink);
  }

  /** Ends the message; a last line without an end gets one. */
  public void end(MessageDecoder.Sink sink) {
    if (afterCr || !atLineStart) {
      sink.write(CRLF, 0, 2);
    }
    sink.write(END, 0, END.length);
  }

  private void newLine(MessageDecoder.Sink sink) {
    sink.write(CRLF, 0, 2);
    atLineStart = true;
  }

  private static void flush(byte[] bytes, int from, int to, MessageDecoder.Sink sink) {
    if (to > from) {
      sink.write(bytes, from, to - from);
    }
  }
}
