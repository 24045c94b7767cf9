package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Random;

/**
 * A mail to send.
 *
 * @param subject by which it is found again; in no other mail of the test
 * @param body with CRLF, its octets as ISO 8859-1
 */
record Letter(String subject, String body) {
  private static final int BASE64_LINE_OCTETS = 76;

  /** What goes wrong on the way first: dots, empty lines, long lines, octets above 127. */
  static Letter tricky(String subject) {
    String utf8 = new String("Grüße aus Köln, ça va? 你好\r\n".getBytes(UTF_8), ISO_8859_1);
    return new Letter(
        subject,
        "first\r\n.\r\n..\r\n.dot\r\n\r\nFrom here on\r\n \r\n"
            + utf8
            + "x".repeat(900)
            + "\r\n...\r\n\r\n.\r\n\r\n");
  }

  static Letter ascii(String subject) {
    return new Letter(subject, "a line\r\n.\r\n.dots\r\nanother\r\n");
  }

  /** Seeded by its size. */
  static Letter big(String subject, int octets) {
    var random = new Random(octets);
    var bytes = new byte[octets / 4 * 3];
    random.nextBytes(bytes);
    var lines = Base64.getMimeEncoder(BASE64_LINE_OCTETS, new byte[] {'\r', '\n'});
    return new Letter(subject, lines.encodeToString(bytes) + "\r\n");
  }

  /** Whole, with a header that needs nothing added. */
  byte[] message(String from, String to) {
    return ("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: Tue, 1 Sep 2026 10:00:00 +0000\r\n"
            + "Message-ID: <%s@letter.example>\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s")
        .formatted(from, to, subject, subject, transferEncoding(), body)
        .getBytes(ISO_8859_1);
  }

  /** By which it is found, and nothing that only names or quotes it. */
  String header() {
    return "Subject: " + subject + "\r\n";
  }

  private String transferEncoding() {
    return body.chars().anyMatch(c -> c > 0x7f) ? "8bit" : "7bit";
  }

  /** Of a whole message, with CRLF whatever its lines ended in. */
  static String bodyOf(String message) {
    String crlf = message.replace("\r\n", "\n").replace("\n", "\r\n");
    return crlf.substring(crlf.indexOf("\r\n\r\n") + 4);
  }
}
