package org.malleposte.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.mime.MimePart.Kind;

class MimeScannerTest {
  @Test
  void aTypeThatIsNoneIsText() throws IOException {
    for (String type : new String[] {"garbage", "text/", "/plain", "", "; charset=x"}) {
      var part = scan("Content-Type: " + type + "\r\n\r\nbody");
      assertThat(part.type()).as(type).isEmpty();
      assertThat(part.isText()).as(type).isTrue();
    }
  }

  @Test
  void nestsNoDeeperThanTheLimit() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("Content-Type: message/rfc822\r\n\r\n");
    }
    int depth = 0;
    var part = scan(text.toString());
    while (part.kind() instanceof Kind.Embedded(var message)) {
      part = message;
      depth++;
    }
    assertThat(depth).isEqualTo(MimeLimits.DEPTH_MAX);
  }

  @Test
  void listsNoMorePartsThanTheLimit() throws IOException {
    var text = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    text.append("--b\r\n\r\nx\r\n".repeat(MimeLimits.PARTS_MAX + 50));
    var parts = ((Kind.Multipart) scan(text.toString()).kind()).parts();
    // The message itself is one.
    assertThat(parts.size()).isEqualTo(MimeLimits.PARTS_MAX - 1);
  }

  @Test
  void keepsNoMoreOfAHeaderThanTheLimit() throws IOException {
    String field = "X-" + "a".repeat(1_000) + ": b\r\n";
    String header = field.repeat(1_000) + "Subject: last\r\n\r\n";
    var block = HeaderBlock.read(stream(header + "body"));
    assertThat(block.sizeBytes()).isEqualTo(header.length());
    assertThat(block.fields().stream().mapToInt(f -> f.raw().length()).sum())
        .isLessThanOrEqualTo(MimeLimits.HEADER_MAX_BYTES);
    var part = scan("Subject: " + "s".repeat(1_000_000) + "\r\n\r\nbody");
    assertThat(part.bodyBytes()).isEqualTo(4);
  }

  @Test
  void neverFailsAndStaysWithinTheMessage() throws IOException {
    String[] pieces = {
      "Content-Type: multipart/mixed; boundary=b\r\n",
      "Content-Type: message/rfc822\r\n",
      "Content-Type: multipart/digest; boundary=\"bb\"\r\n",
      "\r\n",
      "--b\r\n",
      "--b--\r\n",
      "--bb\r\n",
      "--bb--\n",
      "x",
      "\n",
      "\0",
      "\r",
      " ",
      "é: y\r\n",
      "Subject: \"<>@,;\r\n",
      "From: a@b, (c\r\n"
    };
    long seed = 20260101;
    var random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(30); i >= 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      String message = text.toString();
      check(scan(message), message.length(), "seed " + seed + " round " + round + ": " + message);
    }
  }

  private static void check(MimePart part, long length, String message) {
    assertThat(part.headerStart()).as(message).isBetween(0L, part.bodyStart());
    assertThat(part.bodyStart()).as(message).isLessThanOrEqualTo(part.bodyEnd());
    assertThat(part.bodyEnd()).as(message).isLessThanOrEqualTo(length);
    part.value("Content-Type").ifPresent(MimeTypeParser::contentType);
    part.value("From").ifPresent(AddressListParser::parse);
    switch (part.kind()) {
      case Kind.Leaf _ -> {}
      case Kind.Multipart(var parts) -> parts.forEach(child -> check(child, length, message));
      case Kind.Embedded(var child) -> check(child, length, message);
    }
  }

  @Test
  void readsTextThroughEncodingsAndCharsets() throws IOException {
    var part =
        scan(
            "Content-Type: text/plain; charset=iso-8859-1\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=\r\n=DFe");
    String body = "Gr=FC=\r\n=DFe";
    assertThat(new TextSearch("GRÜße").isIn(MimeText.open(part, stream(body)))).isTrue();
    assertThat(new TextSearch("Grusse").isIn(MimeText.open(part, stream(body)))).isFalse();
    assertThat(MimeText.decodeField("=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IQ==?="))
        .isEqualTo("Grüße!");
  }

  @Test
  void findsTextOverTheEdgesOfChunks() throws IOException {
    String text = "x".repeat(8 * 1024 - 3) + "needle" + "y".repeat(10_000);
    assertThat(new TextSearch("NEEDLE").isIn(new java.io.StringReader(text))).isTrue();
    assertThat(new TextSearch("needles").isIn(new java.io.StringReader(text))).isFalse();
  }

  @Test
  void readsTheDayOfADate() {
    assertThat(MessageDate.day("Mon, 7 Feb 1994 21:52:25 -0800"))
        .hasToString("Optional[1994-02-07]");
    assertThat(MessageDate.day("7 Feb 94 21:52 PST")).hasToString("Optional[1994-02-07]");
    assertThat(MessageDate.day("31 Feb 1994")).isEmpty();
    assertThat(MessageDate.day("yesterday")).isEmpty();
  }

  private static MimePart scan(String message) throws IOException {
    return MimeScanner.scan(stream(message));
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
