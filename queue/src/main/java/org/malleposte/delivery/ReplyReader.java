package org.malleposte.delivery;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads what a server says (RFC 5321 §4.2). Blocks on the stream; pure but for it. */
final class ReplyReader {
  static final int MAX_LINES = 128;
  static final int MAX_LINE_BYTES = 4096;

  private ReplyReader() {}

  /**
   * @throws IOException for what is no reply, or more than the limits allow
   */
  static SmtpReply read(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = readLine(in);
    while (line.length() > 3 && line.charAt(3) == '-') {
      lines.add(line.substring(4));
      if (lines.size() > MAX_LINES) {
        throw new IOException("reply of more than " + MAX_LINES + " lines");
      }
      line = readLine(in);
    }
    if (!line.matches("[2-5]\\d\\d( .*)?")) {
      throw new IOException("not an SMTP reply: " + line);
    }
    lines.add(line.length() > 4 ? line.substring(4) : "");
    return new SmtpReply(Integer.parseInt(line.substring(0, 3)), lines);
  }

  private static String readLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection closed by the other host");
      }
      if (line.length() >= MAX_LINE_BYTES) {
        throw new IOException("reply line over " + MAX_LINE_BYTES + " bytes");
      }
      if (c != '\r') {
        line.append(c >= 0x20 && c < 0x7f ? (char) c : '?');
      }
    }
    return line.toString();
  }
}
