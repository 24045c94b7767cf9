package org.malleposte.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.mime.BinaryScanner.Reason;
import org.malleposte.mime.BinaryScanner.Scanned;

/** RFC 3030 §3, RFC 2045 §6: what was sent in binary as a message of lines. */
class BinaryScannerTest {
  private static final String BINARY = "Content-Transfer-Encoding: binary\r\n";
  private static final String MIXED = "Content-Type: multipart/mixed; boundary=b\r\n";
  private static final String OCTETS = "Content-Type: application/octet-stream\r\n";

  @Test
  void whatWasSentIsWhatIsReadWhereverTheReadsEnd() throws Exception {
    long seed = Long.getLong("binary.seed", 20_261_124L);
    for (int round = 0; round < 3_000; round++) {
      var random = new Random(seed + round);
      var mail = BinaryMails.random(random, 300);
      try {
        byte[] lines = BinaryMails.converted(mail.message(), random);
        assertThat(lines).isNotNull();
        assertThat(BinaryMails.isLines(lines)).isTrue();
        assertThat(BinaryMails.leavesOf(lines)).containsExactlyElementsOf(mail.leaves());
        assertThat(BinaryMails.leavesByOffset(lines)).containsExactlyElementsOf(mail.leaves());
        assertThat(plan(lines).isEmpty()).as("once is enough").isTrue();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + (seed + round) + ": " + new String(mail.message(), ISO_8859_1), e);
      }
    }
  }

  @Test
  void whateverComesIsRefusedOrBecomesLines() throws Exception {
    long seed = Long.getLong("binary.seed", 20_261_125L);
    int converted = 0;
    for (int round = 0; round < 5_000; round++) {
      var random = new Random(seed + round);
      byte[] message = mutated(BinaryMails.random(random, 100).message(), random);
      byte[] lines = BinaryMails.converted(message, random);
      if (lines != null) {
        converted++;
        String shown = new String(message, ISO_8859_1);
        // A NUL is let through where any mail may have one.
        byte[] withoutNul = new String(lines, ISO_8859_1).replace('\0', '0').getBytes(ISO_8859_1);
        assertThat(BinaryMails.isLines(withoutNul)).as("%s: %s", seed + round, shown).isTrue();
      }
    }
    assertThat(converted).isBetween(500, 4_500);
  }

  private static byte[] mutated(byte[] message, Random random) {
    var bytes = new java.io.ByteArrayOutputStream();
    int rarity = 1 << (4 + random.nextInt(8));
    for (int i = 0; i < message.length; i++) {
      switch (random.nextInt(rarity)) {
        case 0 -> {}
        case 1 -> bytes.write("\r\n-:b ".charAt(random.nextInt(6)));
        case 2 -> i += random.nextInt(40);
        case 3 -> {
          int from = random.nextInt(message.length);
          bytes.write(message, from, Math.min(40, message.length - from));
        }
        default -> bytes.write(message[i]);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aPartBecomesBase64() throws Exception {
    assertThat(lines(OCTETS + BINARY + "\r\na\nb\rc\0"))
        .isEqualTo(OCTETS + "Content-Transfer-Encoding: base64\r\n\r\n" + base64("a\nb\rc\0"));
    assertThat(lines(BINARY + "\r\n")).isEqualTo("Content-Transfer-Encoding: 7bit\r\n\r\n");
    assertThat(lines(OCTETS + BINARY + "\r\n"))
        .isEqualTo(OCTETS + "Content-Transfer-Encoding: base64\r\n\r\n");
    for (int size : new int[] {1, 56, 57, 58, 114, 115, 1024 * 57, 1024 * 57 + 1, 200_000}) {
      String octets = "\n".repeat(size);
      assertThat(lines(OCTETS + BINARY + "\r\n" + octets)).endsWith("\r\n\r\n" + base64(octets));
    }
  }

  @Test
  void textThatIsLinesStaysText() throws Exception {
    assertThat(lines(BINARY + "\r\ncafe\r\n")).endsWith(": 7bit\r\n\r\ncafe\r\n");
    assertThat(lines(BINARY + "\r\ncaf\u00e9\r\n")).endsWith(": 8bit\r\n\r\ncaf\u00e9\r\n");
    assertThat(lines(BINARY + "\r\nno end")).endsWith(": base64\r\n\r\n" + base64("no end"));
    assertThat(lines(BINARY + "\r\na\0\r\n")).contains(": base64\r\n");
    assertThat(lines(BINARY + "\r\n" + "x".repeat(998) + "\r\n")).contains(": 7bit\r\n");
    assertThat(lines(BINARY + "\r\n" + "x".repeat(999) + "\r\n")).contains(": base64\r\n");
    assertThat(lines(OCTETS + BINARY + "\r\ncafe\r\n")).contains(": base64\r\n");
  }

  @Test
  void compositesAreOnlyCalledOtherwise() throws Exception {
    assertThat(lines(MIXED + BINARY + "\r\n--b\r\n" + OCTETS + BINARY + "\r\n\r\r\n--b--\r\n"))
        .isEqualTo(
            MIXED
                + "Content-Transfer-Encoding: 7bit\r\n\r\n--b\r\n"
                + OCTETS
                + "Content-Transfer-Encoding: base64\r\n\r\nDQ==\r\n--b--\r\n");
    String within = "Content-Type: message/rfc822\r\n" + BINARY + "\r\n";
    assertThat(lines(within + "Subject: \u00e9\r\n" + OCTETS + BINARY + "\r\n\n"))
        .isEqualTo(
            within.replace("binary", "8bit")
                + "Subject: \u00e9\r\n"
                + OCTETS
                + "Content-Transfer-Encoding: base64\r\n\r\nCg==\r\n");
    String report = "Content-Type: message/delivery-status\r\n" + BINARY + "\r\n";
    assertThat(lines(report + "Action: failed\r\n"))
        .isEqualTo(report.replace("binary", "7bit") + "Action: failed\r\n");
    // Cut off before its body.
    assertThat(lines(MIXED + "\r\n--b\r\n" + BINARY + "--b--\r\n")).contains(": 7bit\r\n");
  }

  @Test
  void aBoundaryIsAWholeLine() throws Exception {
    String octets = "\n--b\n\r--b\r\r\n--bb\r\n --b";
    assertThat(lines(MIXED + "\r\n--b \r\n" + OCTETS + BINARY + "\r\n" + octets + "\r\n--b--"))
        .endsWith("\r\n\r\n" + base64(octets) + "--b--");
    // Readers of text would take the first of these for one.
    assertThat(lines(MIXED + "\r\n--b\r\n" + BINARY + "\r\n--bb\r\n\r\n--b--")).contains("base64");
    assertThat(lines(MIXED + "\r\n--b\r\n" + BINARY + "\r\n--c\r\n\r\n--b--")).contains(": 7bit");
  }

  @Test
  void whatIsNotInBinaryMustBeLines() throws Exception {
    for (String bare : List.of("\r", "\n", "\r\r\n", "a\rb\r\n", "\n\n")) {
      assertThat(refused("Subject: a" + bare + BINARY + "\r\n")).isEqualTo(Reason.BARE_END_OF_LINE);
      assertThat(refused("\r\n" + bare)).isEqualTo(Reason.BARE_END_OF_LINE);
      assertThat(refused("Content-Transfer-Encoding: base64\r\n\r\n" + bare))
          .isEqualTo(Reason.BARE_END_OF_LINE);
      assertThat(refused(MIXED + BINARY + "\r\nx" + bare + "\r\n--b\r\n\r\n--b--\r\n"))
          .isEqualTo(Reason.BARE_END_OF_LINE);
      assertThat(refused(MIXED + BINARY + "\r\n--b\r\n\r\n--b--\r\n" + bare))
          .isEqualTo(Reason.BARE_END_OF_LINE);
      // May not be encoded (RFC 2045 §6.4).
      assertThat(refused("Content-Type: message/partial\r\n" + BINARY + "\r\n" + bare))
          .isEqualTo(Reason.BARE_END_OF_LINE);
      assertThat(refused("Content-Type: multipart/mixed\r\n" + BINARY + "\r\n" + bare))
          .isEqualTo(Reason.BARE_END_OF_LINE);
    }
    assertThat(refused("\r\n" + "x".repeat(999) + "\r\n")).isEqualTo(Reason.LINE_TOO_LONG);
    assertThat(refused("X: " + "x".repeat(999) + "\r\n\r\n")).isEqualTo(Reason.LINE_TOO_LONG);
  }

  @Test
  void whatIsNotClearIsRefused() throws Exception {
    assertThat(refused(BINARY + "Content-Transfer-Encoding: 7bit\r\n\r\n"))
        .isEqualTo(Reason.NOT_CLEAR);
    assertThat(refused(nested(MimeLimits.DEPTH_MAX + 1))).isEqualTo(Reason.NOT_CLEAR);
    assertThat(plan(nested(MimeLimits.DEPTH_MAX).getBytes(ISO_8859_1)).edits()).hasSize(2);
    assertThat(refused(MIXED + "\r\n" + "--b\r\n\r\n\r\n".repeat(MimeLimits.PARTS_MAX)))
        .isEqualTo(Reason.NOT_CLEAR);
    assertThat(refused("X: y\r\n".repeat(MimeLimits.HEADER_MAX_BYTES / 6 + 1) + "\r\n"))
        .isEqualTo(Reason.NOT_CLEAR);
    String folded = " ; x=" + "y".repeat(500) + "\r\n";
    assertThat(refused("Content-Type: a/b\r\n" + folded.repeat(60) + BINARY + "\r\n"))
        .isEqualTo(Reason.NOT_CLEAR);
  }

  /** Messages within each other, and in the last an octet. */
  private static String nested(int depth) {
    return "Content-Type: message/rfc822\r\n\r\n".repeat(depth) + OCTETS + BINARY + "\r\n";
  }

  private static String base64(String octets) {
    return Base64.getMimeEncoder().encodeToString(octets.getBytes(ISO_8859_1)) + "\r\n";
  }

  private static String lines(String message) throws IOException {
    byte[] lines = BinaryMails.converted(message.getBytes(ISO_8859_1), new Random(1));
    assertThat(lines).as(message).isNotNull();
    return new String(lines, ISO_8859_1);
  }

  private static BinaryPlan plan(byte[] message) throws IOException {
    return BinaryScanner.scan(new ByteArrayInputStream(message), 1_000)
            instanceof Scanned.Convertible(var plan)
        ? plan
        : new BinaryPlan(new ArrayList<>(), -1);
  }

  private static Reason refused(String message) throws IOException {
    return switch (BinaryScanner.scan(
        new ByteArrayInputStream(message.getBytes(ISO_8859_1)), 1_000)) {
      case Scanned.NotConvertible(var why) -> why;
      case Scanned.Convertible(var plan) -> throw new AssertionError(message + ": " + plan);
    };
  }
}
