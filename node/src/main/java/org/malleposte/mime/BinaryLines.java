package org.malleposte.mime;

import java.io.IOException;
import java.io.InputStream;

/** Lines, and whether they are such as a mail of lines may have (RFC 2045 §2.7, §2.8). */
final class BinaryLines {
  private static final int KEPT_BYTES = 64 * 1024;

  private final LineScanner lines;
  private int carriageReturns;
  private int seen;
  private boolean nul;
  private boolean afterCrlf = true;

  BinaryLines(InputStream in) {
    lines = new LineScanner(in, KEPT_BYTES, this::look);
  }

  boolean next() throws IOException {
    afterCrlf = lines.end() == 0 || lines.breakBytes() == 2;
    carriageReturns = 0;
    seen = 0;
    nul = false;
    return lines.next();
  }

  /** Whether its only CR and LF are the CRLF at its end, which the very last line may lack. */
  boolean isLine() {
    return lines.breakBytes() != 1 && carriageReturns == (lines.breakBytes() == 2 ? 1 : 0);
  }

  /** Whether it follows a CRLF, or is the first: only there a boundary can be (RFC 2046 §5.1.1). */
  boolean beginsLine() {
    return afterCrlf;
  }

  boolean isBlank() {
    return lines.isBlank() && lines.breakBytes() == 2;
  }

  boolean hasNul() {
    return nul;
  }

  boolean isEightBit() {
    return (seen & 0x80) != 0;
  }

  boolean isAtEnd() {
    return lines.breakBytes() == 0;
  }

  long start() {
    return lines.start();
  }

  long end() {
    return lines.end();
  }

  long length() {
    return lines.length();
  }

  /** The first bytes, up to {@link #keptBytes}. */
  byte[] kept() {
    return lines.kept();
  }

  int keptBytes() {
    return lines.keptBytes();
  }

  private void look(byte[] bytes, int offset, int count) {
    for (int at = offset; at < offset + count; at++) {
      byte b = bytes[at];
      seen |= b;
      if (b == '\r') {
        carriageReturns++;
      } else if (b == 0) {
        nul = true;
      }
    }
  }
}
