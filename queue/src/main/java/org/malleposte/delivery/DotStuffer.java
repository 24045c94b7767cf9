package org.malleposte.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes a message as the data of an SMTP mail: dots doubled at the beginning of lines (RFC 5321
 * §4.5.2), the final {@code CRLF.CRLF} added. A bare CR or LF never leaves this program: it becomes
 * CRLF.
 */
final class DotStuffer {
  private static final int BUFFER_BYTES = 32 * 1024;

  private enum Place {
    LINE_START,
    IN_LINE,
    AFTER_CR
  }

  private final OutputStream out;
  private Place place = Place.LINE_START;

  DotStuffer(OutputStream out) {
    this.out = out;
  }

  /** {@code out} should be buffered; it is not flushed. */
  void write(InputStream message) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = message.read(buffer); n >= 0; n = message.read(buffer)) {
      for (int i = 0; i < n; i++) {
        put(buffer[i]);
      }
    }
    if (place != Place.LINE_START) {
      endLine();
    }
    out.write('.');
    endLine();
  }

  private void put(byte b) throws IOException {
    switch (b) {
      case '\r' -> {
        if (place == Place.AFTER_CR) {
          endLine();
        }
        place = Place.AFTER_CR;
      }
      case '\n' -> endLine();
      default -> {
        if (place == Place.AFTER_CR) {
          endLine();
        }
        if (place == Place.LINE_START && b == '.') {
          out.write('.');
        }
        out.write(b);
        place = Place.IN_LINE;
      }
    }
  }

  private void endLine() throws IOException {
    out.write('\r');
    out.write('\n');
    place = Place.LINE_START;
  }
}
