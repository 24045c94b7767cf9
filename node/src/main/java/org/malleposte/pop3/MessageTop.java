package org.malleposte.pop3;

/**
 * Counts off the header, the empty line and so many lines of the body (RFC 1939 §7, TOP). Belongs
 * to one message.
 */
final class MessageTop {
  private long linesLeft;
  private boolean inHeader = true;
  private boolean done;
  private int lineLength;
  private boolean afterCr;

  MessageTop(long bodyLines) {
    this.linesLeft = bodyLines;
  }

  boolean isDone() {
    return done;
  }

  /** How many of the first {@code length} bytes belong to the top. */
  int take(byte[] bytes, int length) {
    if (linesLeft == Long.MAX_VALUE) {
      return length; // the whole message; no need to look
    }
    for (int i = 0; i < length && !done; i++) {
      if (bytes[i] == '\n') {
        endLine();
        if (done) {
          return i + 1;
        }
      } else {
        lineLength++;
        afterCr = bytes[i] == '\r';
      }
    }
    return length;
  }

  private void endLine() {
    boolean empty = lineLength == 0 || lineLength == 1 && afterCr;
    if (inHeader) {
      inHeader = !empty;
      done = empty && linesLeft == 0;
    } else {
      done = --linesLeft == 0;
    }
    lineLength = 0;
    afterCr = false;
  }
}
