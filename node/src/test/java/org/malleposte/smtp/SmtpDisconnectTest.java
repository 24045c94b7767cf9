package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.transcript.LineClient;

/** Clients that go away, in each state, politely and not; and a server that goes away. */
class SmtpDisconnectTest {
  /** What is said, line by line, before the client goes. The end of each is another state. */
  private static final List<List<String>> UP_TO =
      List.of(
          List.of(),
          List.of("EHLO client.test"),
          List.of("EHLO client.test", "AUTH LOGIN"),
          List.of("EHLO client.test", "STARTTLS"),
          List.of("EHLO client.test", "MAIL FROM:<carol@example.test>"),
          List.of("EHLO client.test", "MAIL FROM:<carol@example.test>", "RCPT TO:<a@mx.test>"),
          List.of(
              "EHLO client.test", "MAIL FROM:<carol@example.test>", "RCPT TO:<a@mx.test>", "DATA"));

  @TempDir Path directory;
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new SmtpHarness(directory, SmtpLimits.defaults());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void inEachState(boolean reset) throws Exception {
    for (List<String> lines : UP_TO) {
      for (String unfinished : List.of("", "half a line")) {
        try (var client = LineClient.connect(harness.address(SmtpHarness.SMTP), false)) {
          client.readLine();
          for (String line : lines) {
            client.writeLine(line);
            String reply = client.readLine();
            while (reply.startsWith("250-")) {
              reply = client.readLine();
            }
          }
          client.write(unfinished.getBytes(ISO_8859_1));
          client.close(reset);
        }
      }
    }
    await().untilAsserted(() -> assertThat(harness.server.connections().open()).isZero());
    assertThat(harness.server.memory().usedBytes()).isZero();
    assertThat(harness.commits.kept).isEmpty();
  }

  @Test
  void inTheMiddleOfALargeBody() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("alice@mx.test");
      dialogue.client.write(("\r\n" + "some text\r\n".repeat(100_000)).getBytes(ISO_8859_1));
      await().untilAsserted(() -> assertThat(left()).isEqualTo(1));
      dialogue.client.close(true);
    }
    await().untilAsserted(() -> assertThat(left()).isZero());
    await().until(() -> harness.server.memory().usedBytes() == 0);
    assertThat(harness.commits.kept).isEmpty();
  }

  @Test
  void afterTheFinalDotTheMailStays() throws Exception {
    harness.commits.gate = new CompletableFuture<>();
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      dialogue.data("slow@mx.test");
      dialogue.client.write(("\r\n" + "some text\r\n".repeat(100_000)).getBytes(ISO_8859_1));
      dialogue.client.writeLine(".");
      // Before that a reset would take with it what the server has not read.
      await().untilAsserted(() -> assertThat(harness.commits.asked).hasValue(1));
      dialogue.client.close(true);
    }
    await().until(() -> harness.server.connections().open() == 0);
    harness.commits.gate.complete(null);
    await().until(() -> harness.commits.kept.size() == 1);
    await().untilAsserted(() -> assertThat(left()).isZero());
    await().until(() -> harness.server.memory().usedBytes() == 0);
    assertThat(harness.count("mails", "committed")).isEqualTo(1);
  }

  @Test
  void stopLetsAMessageEndAndTellsTheOthers() throws Exception {
    harness.commits.gate = new CompletableFuture<>();
    try (var idle = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
        var sending = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
        var committing = SmtpDialogue.open(harness.address(SmtpHarness.SMTPS), true)) {
      sending.data("alice@mx.test");
      committing.data("slow@mx.test");
      committing.client.writeLine(".");
      var stopped = harness.stop();
      assertThat(idle.reply()).startsWith("421 4.3.2 This server is shutting down");
      assertThat(idle.reply()).isNull();
      assertThat(sending.say("text\r\n.")).startsWith("250 2.0.0");
      assertThat(sending.reply()).startsWith("421 4.3.2");
      assertThat(sending.reply()).isNull();
      assertThat(stopped.isComplete()).isFalse();
      harness.commits.gate.complete(null);
      assertThat(committing.reply()).startsWith("250 2.0.0");
      assertThat(committing.reply()).startsWith("421 4.3.2");
      assertThat(committing.reply()).isNull();
      await().until(stopped::isComplete);
      assertThat(stopped.succeeded()).isTrue();
    }
    assertThat(harness.commits.kept).hasSize(2);
    assertThat(harness.count("cuts", "drained")).isEqualTo(3);
  }

  @Test
  void stopTakesNoNewConnection() throws Exception {
    try (var sending = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      sending.data("alice@mx.test");
      harness.stop();
      await()
          .until(
              () -> {
                try (var late = LineClient.connect(harness.address(SmtpHarness.SMTP), false)) {
                  return late.readLine() == null;
                } catch (IOException e) {
                  return true;
                }
              });
      assertThat(sending.say(".")).startsWith("250");
    }
  }

  @Test
  void stopDoesNotWaitForEver() throws Exception {
    var limits = TestLimits.drain(java.time.Duration.ofMillis(300));
    try (var hasty = new SmtpHarness(directory, limits);
        var sending = SmtpDialogue.open(hasty.address(SmtpHarness.SMTP))) {
      sending.data("alice@mx.test");
      var stopped = hasty.stop();
      await().until(stopped::isComplete);
      assertThat(sending.reply()).isNull();
    }
  }

  @Test
  void aBugInAStepCostsThisConnectionOnly() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
        var other = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      assertThat(dialogue.say("MAIL FROM:<crash@example.test>"))
          .startsWith("421 4.3.0 Internal error");
      assertThat(dialogue.reply()).isNull();
      assertThat(other.say("NOOP")).startsWith("250");
      assertThat(harness.count("cuts", "bug")).isEqualTo(1);
    }
  }

  private long left() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    }
  }
}
