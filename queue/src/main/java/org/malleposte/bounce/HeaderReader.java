package org.malleposte.bounce;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.malleposte.blob.MessageBody;

/** Reads the header of a message, up to a limit. Blocks on disk. */
final class HeaderReader {
  private HeaderReader() {}

  /** All whole header lines within {@code maxBytes}, without the empty line. */
  static byte[] read(MessageBody body, int maxBytes) throws IOException {
    var lines = new ByteArrayOutputStream();
    try (var in = new BufferedInputStream(body.open())) {
      var line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        line.write(c);
        if (c == '\n') {
          if (line.size() <= 2 || lines.size() + line.size() > maxBytes) {
            break;
          }
          line.writeTo(lines);
          line.reset();
        } else if (line.size() > maxBytes) {
          break;
        }
      }
    }
    return lines.toByteArray();
  }
}
