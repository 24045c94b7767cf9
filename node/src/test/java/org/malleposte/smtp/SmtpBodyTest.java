package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;

/** What was sent is what is committed, from 0 bytes to the limit. */
class SmtpBodyTest {
  private static final long MAX_BYTES = 3 << 20;

  @TempDir Path directory;
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness =
        new SmtpHarness(
            directory,
            TestLimits.with(
                new SmtpLimits.Sizes(64 << 10, MAX_BYTES, 20 << 20, 64 << 10, 64 << 20)));
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void everySizeArrivesWhole() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int size : new int[] {0, 2, 100, 4096, 262_000, 262_144, 300_000, (int) MAX_BYTES}) {
        String text = text(size);
        dialogue.data("alice@mx.test");
        assertThat(kept(send(dialogue, text)).textAsSent()).isEqualTo(text);
      }
    }
    await().until(() -> left() == 0);
    assertThat(harness.server.memory().usedBytes()).isZero();
  }

  @Test
  void overTlsTheSame() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTPS), true)) {
      String text = text(1_000_000);
      dialogue.data("alice@mx.test");
      FakeCommitRule.Kept kept = kept(send(dialogue, text));
      assertThat(kept.textAsSent()).isEqualTo(text);
      assertThat(kept.text()).contains("with ESMTPS\r\n\t(version=TLSv1.3 cipher=");
    }
  }

  @Test
  void aByteOverTheLimitIsRefusedAndTheSessionGoesOn() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, text((int) MAX_BYTES + 1))).startsWith("552 5.3.4");
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, text(100))).startsWith("250");
    }
    assertThat(harness.commits.kept).hasSize(1);
    await().until(() -> left() == 0);
  }

  @Test
  void aMessageFarOverTheLimitIsCut() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      byte[] chunk = "some text\r\n".repeat(6_000).getBytes(ISO_8859_1);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    dialogue.client.write(chunk);
                  }
                } catch (IOException e) {
                  // It was cut.
                }
              });
      assertThat(dialogue.reply()).startsWith("421 4.3.4");
      assertThat(dialogue.reply()).isNull();
    }
  }

  @Test
  void aHeaderOverTheLimitIsRefused() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, "X: y\r\n".repeat(20_000) + "\r\ntext\r\n"))
          .startsWith("552 5.3.4 Message header");
    }
  }

  @Test
  void aLineOver64KibibytesIsRefused() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, "x".repeat((64 << 10) - 2) + "\r\n")).startsWith("250");
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, "x".repeat((64 << 10) - 1) + "\r\n")).startsWith("500 5.5.2");
    }
  }

  @Test
  void eightBitIsSeenAlsoWhereItWasNotAnnounced() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      assertThat(kept(send(dialogue, "caf\u00e9\r\n")).envelope().body())
          .isEqualTo(BodyType.EIGHT_BIT_MIME);
      dialogue.data("alice@mx.test");
      assertThat(kept(send(dialogue, "cafe\r\n")).envelope().body()).isEqualTo(BodyType.SEVEN_BIT);
    }
  }

  @Test
  void withoutADiskALargeBodyIsNotAcknowledged() throws Exception {
    Files.delete(directory);
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, text(300_000))).startsWith("451 4.3.0");
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, text(2_000_000))).startsWith("451 4.3.0");
      dialogue.data("alice@mx.test");
      assertThat(send(dialogue, text(4_000))).startsWith("250");
    }
    assertThat(harness.server.memory().usedBytes()).isZero();
    Files.createDirectory(directory);
  }

  @Test
  void whenMemoryIsUsedUpTheNextBodyWaitsOutside() throws Exception {
    harness.server.memory().take(64 << 20);
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.say("MAIL FROM:<carol@example.test>");
      dialogue.say("RCPT TO:<alice@mx.test>");
      assertThat(dialogue.say("DATA"))
          .startsWith("452 4.3.1 Too much mail at once, try again later");
      harness.server.memory().give(30_000);
      // A little is left: begun in memory, ended on disk.
      dialogue.data("alice@mx.test");
      String text = text(100_000);
      assertThat(kept(send(dialogue, text)).textAsSent()).isEqualTo(text);
    }
  }

  private String send(SmtpDialogue dialogue, String text) throws IOException {
    String stuffed = text.startsWith(".") ? "." + text : text;
    byte[] wire = (stuffed.replace("\r\n.", "\r\n..") + ".\r\n").getBytes(ISO_8859_1);
    var random = new Random(text.length());
    for (int from = 0; from < wire.length; ) {
      int count = Math.min(wire.length - from, 1 + random.nextInt(60_000));
      dialogue.client.write(java.util.Arrays.copyOfRange(wire, from, from + count));
      from += count;
    }
    return dialogue.reply();
  }

  private FakeCommitRule.Kept kept(String reply) {
    assertThat(reply).startsWith("250 2.0.0 ").endsWith(" queued");
    return harness.commits.kept.get(new QueueId(reply.split(" ")[2]));
  }

  /** Lines of random length, some with dots, of just so many bytes. */
  private static String text(int size) {
    var random = new Random(size);
    var text = new StringBuilder(size);
    while (text.length() < size) {
      int line = Math.min(size - text.length(), 2 + random.nextInt(200));
      if (size - text.length() - line == 1) {
        line++;
      }
      text.append((random.nextBoolean() ? "." : "x").repeat(line - 2)).append("\r\n");
    }
    return text.toString();
  }

  private long left() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    }
  }
}
