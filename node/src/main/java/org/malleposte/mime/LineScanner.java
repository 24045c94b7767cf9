package org.malleposte.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines of any length with a bounded memory: of each line it keeps the first bytes, and where
 * it began and ended. A line ends with LF or CRLF, or with the stream.
 */
final class LineScanner {
  private static final int READ_BYTES = 16 * 1024;

  /** Is shown all bytes, in their order and whole lines: to its end before the next begins. */
  @FunctionalInterface
  interface Look {
    void at(byte[] bytes, int offset, int count);
  }

  private final InputStream in;
  private final byte[] buffer = new byte[READ_BYTES];
  private final int keepMaxBytes;
  private final Look look;
  private byte[] kept = new byte[256];
  private int position;
  private int filled;
  private long offset;
  private long breaks;

  private long start;
  private int keptBytes;
  private int breakBytes;

  /**
   * @param keepMaxBytes how many bytes of a line {@link #kept} has at most
   */
  LineScanner(InputStream in, int keepMaxBytes) {
    this(in, keepMaxBytes, (_, _, _) -> {});
  }

  LineScanner(InputStream in, int keepMaxBytes, Look look) {
    this.in = in;
    this.keepMaxBytes = keepMaxBytes;
    this.look = look;
  }

  /** Goes on to the next line; false at the end of the stream. Blocks on it. */
  boolean next() throws IOException {
    start = offset;
    keptBytes = 0;
    breakBytes = 0;
    byte last = 0;
    while (position < filled || fill()) {
      int lineEnd = indexOfLf();
      int chunk = (lineEnd < 0 ? filled : lineEnd) - position;
      if (chunk > 0) {
        last = buffer[position + chunk - 1];
      }
      keep(chunk);
      advance(chunk);
      if (lineEnd >= 0) {
        keep(1);
        advance(1);
        breaks++;
        breakBytes = last == '\r' && length() > 1 ? 2 : 1;
        return true;
      }
    }
    return offset > start;
  }

  /** Offset of the line's first byte. */
  long start() {
    return start;
  }

  /** Offset after its line break. */
  long end() {
    return offset;
  }

  long length() {
    return offset - start;
  }

  /** 0 only at the end of the stream. */
  int breakBytes() {
    return breakBytes;
  }

  /** Line breaks up to {@link #end}. */
  long breaks() {
    return breaks;
  }

  boolean isBlank() {
    return length() == breakBytes && breakBytes > 0;
  }

  /** The line's first bytes, its break included; valid until the next call of {@link #next}. */
  byte[] kept() {
    return kept;
  }

  int keptBytes() {
    return keptBytes;
  }

  private int indexOfLf() {
    for (int i = position; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void keep(int bytes) {
    int fits = Math.min(bytes, keepMaxBytes - keptBytes);
    if (keptBytes + fits > kept.length) {
      kept =
          Arrays.copyOf(kept, Math.min(keepMaxBytes, Math.max(2 * kept.length, keptBytes + fits)));
    }
    System.arraycopy(buffer, position, kept, keptBytes, fits);
    keptBytes += fits;
  }

  private void advance(int bytes) {
    look.at(buffer, position, bytes);
    position += bytes;
    offset += bytes;
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer, 0, buffer.length);
    position = 0;
    filled = Math.max(read, 0);
    return filled > 0;
  }
}
