package org.malleposte.imap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Takes output up to about a size; what is in it belongs to the one who made it. */
final class ByteSink extends ByteArrayOutputStream {
  private final int fullBytes;

  /**
   * @param fullBytes from here on it says that it is full, though it takes more
   */
  ByteSink(int fullBytes) {
    this.fullBytes = fullBytes;
  }

  boolean isFull() {
    return count >= fullBytes;
  }

  /** Bytes until it is full; at least 0. */
  int room() {
    return Math.max(0, fullBytes - count);
  }

  /**
   * @param text one character a byte
   */
  ByteSink text(String text) {
    writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }
}
