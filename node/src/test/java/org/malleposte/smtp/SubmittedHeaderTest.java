package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubmittedHeaderTest {
  private static final String DATE = "Date: D\r\n";
  private static final String ID = "Message-ID: <m@mx.test>\r\n";

  private static String pass(String message) {
    String whole = pass(message, message.length() + 1, 0);
    for (int seed = 0; seed < 10; seed++) {
      assertThat(pass(message, 5, seed)).as("seed " + seed).isEqualTo(whole);
    }
    return whole;
  }

  private static String pass(String message, int maxPiece, int seed) {
    var random = new Random(seed);
    var out = new ByteArrayOutputStream();
    var header = new SubmittedHeader(new SubmittedHeader.Missing("D", "<m@mx.test>"), out::write);
    byte[] bytes = message.getBytes(ISO_8859_1);
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(maxPiece));
      header.write(bytes, at, count);
      at += count;
    }
    header.end();
    return out.toString(ISO_8859_1);
  }

  @Test
  void whatIsThereStays() {
    String message = "From: a\r\nDATE : x\r\nmessage-id:\r\n <y>\r\n\r\nBcc: not a header\r\n";
    assertThat(pass(message)).isEqualTo(message);
  }

  @Test
  void whatLacksIsAddedAtTheEndOfTheHeader() {
    assertThat(pass("From: a\r\n\r\ntext\r\n"))
        .isEqualTo("From: a\r\n" + DATE + ID + "\r\ntext\r\n");
    assertThat(pass("From: a\r\n")).isEqualTo("From: a\r\n" + DATE + ID);
    assertThat(pass("")).isEqualTo(DATE + ID);
    assertThat(pass("\r\ntext\r\n")).isEqualTo(DATE + ID + "\r\ntext\r\n");
  }

  @Test
  void aMessageInChunksMayEndWithinItsHeader() {
    assertThat(pass("Subject: hi")).isEqualTo("Subject: hi\r\n" + DATE + ID);
    assertThat(pass("Bcc: a")).isEqualTo(DATE + ID);
  }

  @Test
  void blindCopiesDoNotLeave() {
    assertThat(pass("Bcc: a,\r\n b\r\n\tc\r\nDate: x\r\nReturn-Path: <z>\r\nbcc:d\r\n\r\n"))
        .isEqualTo("Date: x\r\n" + ID + "\r\n");
  }

  @Test
  void aMessageWithoutAHeaderGetsOne() {
    assertThat(pass("just text: really\r\n")).isEqualTo(DATE + ID + "\r\njust text: really\r\n");
    assertThat(pass("just text\r\nmore\r\n")).isEqualTo(DATE + ID + "\r\njust text\r\nmore\r\n");
  }

  @Test
  void aLineWithoutEndIsHandedOn() {
    String field = "Subject: " + "x".repeat(200_000) + "\r\n";
    assertThat(pass(field + "Bcc: " + "y".repeat(200_000) + "\r\n\r\n"))
        .isEqualTo(field + DATE + ID + "\r\n");
  }
}
