package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.transcript.LineClient;

/** What a rude client can do, and what it gets. */
class SmtpLimitsTest {
  private static final Duration SHORT = Duration.ofMillis(400);

  @TempDir Path directory;

  @Test
  void ofTenThousandRecipientsTheFirstThousandAreTaken() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults());
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.say("MAIL FROM:<carol@example.test>");
      var commands = new StringBuilder();
      for (int i = 0; i < 10_000; i++) {
        commands.append("RCPT TO:<user").append(i).append("@mx.test>\r\n");
      }
      var sender = sendAside(dialogue.client, commands.toString().getBytes(ISO_8859_1));
      for (int i = 0; i < 10_000; i++) {
        assertThat(dialogue.reply()).startsWith(i < 1_000 ? "250 2.1.5" : "452 4.5.3");
      }
      sender.join();
      dialogue.say("DATA");
      assertThat(dialogue.say("text\r\n.")).startsWith("250");
      assertThat(harness.commits.kept.values())
          .singleElement()
          .satisfies(mail -> assertThat(mail.targets()).hasSize(1_000));
    }
  }

  @Test
  void whoNeverStopsNamingRecipientsIsCut() throws Exception {
    var counts = new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, 10, 10, 10, 10, 10, 0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.say("MAIL FROM:<carol@example.test>");
      for (int i = 0; i < 50; i++) {
        assertThat(dialogue.say("RCPT TO:<user" + i + "@mx.test>"))
            .startsWith(i < 10 ? "250" : "452");
      }
      assertThat(dialogue.say("RCPT TO:<one.more@mx.test>")).startsWith("421 4.7.0");
      assertThat(dialogue.reply()).isNull();
    }
  }

  @Test
  void aGuesserOfAddressesIsCut() throws Exception {
    var counts = new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, 10, 10, 10, 10, 10, 0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.say("MAIL FROM:<carol@example.test>");
      for (int i = 0; i < 10; i++) {
        assertThat(dialogue.say("RCPT TO:<nobody@mx.test>")).startsWith("550 5.1.1");
      }
      assertThat(dialogue.say("RCPT TO:<nobody@mx.test>")).startsWith("421 4.7.0");
      assertThat(harness.count("recipients", "refused")).isEqualTo(11);
    }
  }

  @Test
  void commandsWithoutMailAreCounted() throws Exception {
    var counts = new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, 10, 10, 10, 10, 10, 0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 8; i++) {
          assertThat(dialogue.say("NOOP")).startsWith("250");
        }
        dialogue.data("alice@mx.test");
        assertThat(dialogue.say(".")).startsWith("250");
      }
      for (int i = 0; i < 10; i++) {
        assertThat(dialogue.say("RSET")).startsWith("250");
      }
      assertThat(dialogue.say("MAIL FROM:<a@b.test>")).startsWith("421 4.7.0");
    }
  }

  @Test
  void oneConnectionTooManyIsToldSo() throws Exception {
    var counts = new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, 10, 10, 10, 2, 10, 0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var first = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
        var second = SmtpDialogue.open(harness.address(SmtpHarness.SUBMISSION));
        var third = LineClient.connect(harness.address(SmtpHarness.SMTP), false)) {
      assertThat(third.readLine()).startsWith("421 4.7.0 Too many connections");
      assertThat(third.readLine()).isNull();
      assertThat(harness.count("connections", "too_many")).isEqualTo(1);
      assertThat(second.say("QUIT")).startsWith("221");
      await().until(() -> harness.server.connections().open() == 1);
      try (var again = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
        assertThat(again.say("NOOP")).startsWith("250");
      }
      assertThat(first.say("NOOP")).startsWith("250");
    }
  }

  @Test
  void aCommandOf100MebibytesCostsNoMemory() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults());
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      sendHundredMebibytes(dialogue.client);
      assertThat(dialogue.say("")).startsWith("500 5.5.2 Line too long");
      assertThat(dialogue.say("NOOP")).startsWith("250");
    }
  }

  @Test
  void aTextLineOf100MebibytesCostsNoMemory() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults());
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      sendHundredMebibytes(dialogue.client);
      assertThat(harness.server.memory().usedBytes()).isLessThan(1 << 20);
      assertThat(dialogue.say("\r\n.")).startsWith("500 5.5.2 Line too long");
      assertThat(dialogue.say("NOOP")).startsWith("250");
      assertThat(harness.commits.kept).isEmpty();
    }
  }

  @Test
  void aMailMayHaveAsManySmallChunksAsTheLimitSays() throws Exception {
    var counts = new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, 100, 10, 10, 10, 10, 0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(counts));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int mail = 0; mail < 2; mail++) {
        dialogue.say("MAIL FROM:<carol@example.test>");
        dialogue.say("RCPT TO:<alice@mx.test>");
        for (int i = 0; i < 10; i++) {
          assertThat(dialogue.say("BDAT 5\r\nabc")).startsWith("250 2.0.0 5 octets");
          // One that is not small is not counted.
          assertThat(dialogue.say("BDAT 1024\r\n" + "x".repeat(1022))).startsWith("250");
        }
        assertThat(dialogue.say("BDAT 5 LAST\r\nabc")).startsWith("250 2.0.0").endsWith("queued");
      }
      dialogue.say("MAIL FROM:<carol@example.test>");
      dialogue.say("RCPT TO:<alice@mx.test>");
      for (int i = 0; i < 10; i++) {
        assertThat(dialogue.say("BDAT 3\r\nx")).startsWith("250 2.0.0 3 octets");
      }
      assertThat(dialogue.say("BDAT 3\r\nx")).startsWith("421 4.7.0 Too many small chunks");
      assertThat(dialogue.reply()).isNull();
      assertThat(harness.commits.kept).hasSize(2);
    }
  }

  @Test
  void anIdleClientIsCut() throws Exception {
    try (var harness = new SmtpHarness(directory, TestLimits.quick(SHORT));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      assertThat(dialogue.reply()).startsWith("421 4.4.2 Timed out");
      assertThat(dialogue.reply()).isNull();
      assertThat(harness.count("cuts", "timed_out")).isEqualTo(1);
    }
  }

  @Test
  void aCommandThatDripsIsCut() throws Exception {
    try (var harness = new SmtpHarness(directory, TestLimits.quick(SHORT));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      var dripping = drip(dialogue.client, "x");
      assertThat(dialogue.reply()).startsWith("421 4.4.2 Too slow");
      dripping.set(false);
      assertThat(harness.count("cuts", "too_slow")).isEqualTo(1);
    }
  }

  @Test
  void aMessageThatDripsIsCut() throws Exception {
    try (var harness = new SmtpHarness(directory, TestLimits.quick(SHORT));
        var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      var dripping = drip(dialogue.client, "x\r\n");
      assertThat(dialogue.reply()).startsWith("421 4.4.2 Too slow");
      dripping.set(false);
      assertThat(harness.commits.kept).isEmpty();
    }
  }

  @Test
  void aClientThatReadsNothingIsCutAndCostsLittle() throws Exception {
    var counts =
        new SmtpLimits.Counts(10, 50, 10, 10, 10, 100, Integer.MAX_VALUE, 10, 10, 10, 10, 0);
    var limits =
        new SmtpLimits(SmtpLimits.defaults().sizes(), counts, TestLimits.quick(SHORT).times());
    try (var harness = new SmtpHarness(directory, limits);
        var client = new Socket()) {
      client.setReceiveBufferSize(4096);
      client.connect(harness.address(SmtpHarness.SMTP));
      byte[] help = "HELP\r\n".repeat(10_000).getBytes(ISO_8859_1);
      client.getOutputStream().write("EHLO client.test\r\n".getBytes(ISO_8859_1));
      try {
        for (int i = 0; i < 2_000; i++) {
          client.getOutputStream().write(help);
        }
      } catch (IOException e) {
        // It was cut.
      }
      await().until(() -> harness.count("cuts", "deaf") == 1);
      await().until(() -> harness.server.connections().open() == 0);
    }
  }

  private static Thread sendAside(LineClient client, byte[] bytes) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.write(bytes);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  private static void sendHundredMebibytes(LineClient client) throws IOException {
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) 'x');
    for (int i = 0; i < 100; i++) {
      client.write(chunk);
    }
  }

  /** A piece every few milliseconds, until told to stop or cut. */
  private static AtomicBoolean drip(LineClient client, String piece) {
    var going = new AtomicBoolean(true);
    var gate = new java.util.concurrent.Semaphore(0);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (going.get()) {
                  client.write(piece.getBytes(ISO_8859_1));
                  gate.tryAcquire(20, java.util.concurrent.TimeUnit.MILLISECONDS);
                }
              } catch (IOException | InterruptedException e) {
                // It was cut.
              }
            });
    return going;
  }
}
