package org.malleposte.smtp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.EnhancedStatus;

/**
 * What the server says to one command (RFC 5321 §4.2), with its enhanced code (RFC 2034).
 *
 * @param status empty only where RFC 2034 §4 has none: greeting, HELO, EHLO, 3yz
 * @param lines not empty
 */
public record SmtpReply(int code, Optional<EnhancedStatus> status, List<String> lines) {
  /** RFC 5321 §4.5.3.1.5, with code and CRLF. */
  static final int LINE_MAX_OCTETS = 512;

  public SmtpReply {
    Objects.requireNonNull(status);
    lines = List.copyOf(lines);
    if (code < 200 || code > 599 || lines.isEmpty()) {
      throw new IllegalArgumentException("not a reply: " + code + " " + lines);
    }
  }

  public static SmtpReply of(int code, EnhancedStatus status, String text) {
    return new SmtpReply(code, Optional.of(status), split(text));
  }

  static SmtpReply of(int code, String text) {
    return new SmtpReply(code, Optional.empty(), split(text));
  }

  /** The same with another text. */
  SmtpReply withText(String text) {
    return new SmtpReply(code, status, split(text));
  }

  public boolean isRefusal() {
    return code >= 400;
  }

  /** After a 421 the server closes (RFC 5321 §3.8). */
  boolean isClosing() {
    return code == 421;
  }

  /** The bytes on the wire. */
  public byte[] encode() {
    var wire = new StringBuilder(64 * lines.size());
    for (int i = 0; i < lines.size(); i++) {
      int start = wire.length();
      wire.append(code).append(i == lines.size() - 1 ? ' ' : '-');
      status.ifPresent(s -> wire.append(s).append(' '));
      appendSafe(wire, lines.get(i), start + LINE_MAX_OCTETS - 2);
      wire.append("\r\n");
    }
    return wire.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return code + status.map(s -> " " + s).orElse("") + " " + String.join(" / ", lines);
  }

  // The text may come from a table: it must not be able to end the line.
  private static void appendSafe(StringBuilder wire, String text, int end) {
    for (int i = 0; i < text.length() && wire.length() < end; i++) {
      char c = text.charAt(i);
      wire.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
  }

  private static List<String> split(String text) {
    if (text.indexOf('\n') < 0) {
      return List.of(text);
    }
    var lines = new ArrayList<String>();
    text.lines().forEach(lines::add);
    return lines;
  }
}
