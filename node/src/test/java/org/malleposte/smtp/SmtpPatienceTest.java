package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.smtp.SmtpLimits.Times;
import org.malleposte.transcript.LineClient;

/** Clients that are made to wait, over a real socket: greet pause and tarpit. */
class SmtpPatienceTest {
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration TARPIT = Duration.ofMillis(200);

  /** From elsewhere: loopback is not made to wait for the greeting. */
  private static final String ELSEWHERE = "PROXY TCP4 203.0.113.7 192.0.2.1 4444 25\r\n";

  @TempDir Path directory;
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    Times times = SmtpLimits.defaults().times();
    harness =
        new SmtpHarness(
            directory,
            new SmtpLimits(
                SmtpLimits.defaults().sizes(),
                new SmtpLimits.Counts(10, 50, 10, 10, 8, 2, 100, 10, 10, 10, 10, 0),
                new Times(
                    times.command(),
                    times.commandLine(),
                    times.bodyWindow(),
                    times.bodyWindowBytes(),
                    times.tlsHandshake(),
                    times.replyWindow(),
                    PAUSE,
                    TARPIT,
                    times.drain())));
  }

  @AfterEach
  void stop() {
    await().until(() -> harness.server.connections().open() == 0);
    harness.close();
  }

  @Test
  void whoWaitsIsGreetedAfterThePause() throws Exception {
    try (var client = LineClient.connect(harness.address(SmtpHarness.PROXIED), false)) {
      long began = System.nanoTime();
      client.write(ELSEWHERE.getBytes(US_ASCII));
      assertThat(client.readLine()).startsWith("220 ");
      assertThat(since(began)).isGreaterThanOrEqualTo(PAUSE);
      client.writeLine("EHLO client.test");
      assertThat(lastLine(client)).startsWith("250 ");
      client.writeLine("MAIL FROM:<carol@example.test>");
      assertThat(client.readLine()).startsWith("250 ");
    }
  }

  @Test
  void whoTalksBeforeTheGreetingGetsNothingIn() throws Exception {
    try (var client = LineClient.connect(harness.address(SmtpHarness.PROXIED), false)) {
      client.write((ELSEWHERE + "EHLO client.test\r\n").getBytes(US_ASCII));
      assertThat(client.readLine()).startsWith("554 Not accepting messages");
      assertThat(lastLine(client)).startsWith("250 ");
      client.writeLine("MAIL FROM:<carol@example.test>");
      assertThat(client.readLine()).startsWith("550 5.0.0");
      client.write("BDAT 6 LAST\r\nQUIT\r\n".getBytes(US_ASCII));
      assertThat(client.readLine()).startsWith("550 5.0.0");
      client.writeLine("QUIT");
      assertThat(client.readLine()).startsWith("221 ");
    }
    assertThat(harness.commits.kept).isEmpty();
  }

  @Test
  void whoHangsUpInThePauseIsForgotten() throws Exception {
    try (var client = LineClient.connect(harness.address(SmtpHarness.PROXIED), false)) {
      client.write(ELSEWHERE.getBytes(US_ASCII));
      await().until(() -> harness.server.connections().open() == 1);
    }
    await().until(() -> harness.server.connections().open() == 0);
    assertThat(harness.count("cuts", "bug")).isZero();
  }

  @Test
  void loopbackIsGreetedAtOnceAlsoWhenItTalks() throws Exception {
    try (var client = LineClient.connect(harness.address(SmtpHarness.SMTP), false)) {
      client.writeLine("EHLO client.test");
      assertThat(client.readLine()).startsWith("220 ");
      assertThat(lastLine(client)).startsWith("250 ");
    }
  }

  @Test
  void whoMakesMistakesWaitsForEachFurtherRefusal() throws Exception {
    try (var guesser = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
        var other = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int i = 0; i < 2; i++) {
        assertThat(guesser.say("NONSENSE")).startsWith("500 5.5.1");
      }
      long began = System.nanoTime();
      // What is sent ahead waits as well, and is answered in its order.
      guesser.client.write("NONSENSE\r\nNOOP\r\nNONSENSE\r\nNOOP\r\n".getBytes(US_ASCII));
      assertThat(other.say("NOOP")).startsWith("250");
      assertThat(guesser.reply()).startsWith("500 5.5.1");
      assertThat(since(began)).isBetween(TARPIT, Duration.ofSeconds(10));
      assertThat(guesser.reply()).startsWith("250");
      assertThat(guesser.reply()).startsWith("500 5.5.1");
      assertThat(since(began)).isGreaterThanOrEqualTo(TARPIT.multipliedBy(2));
      assertThat(guesser.reply()).startsWith("250");
      // Not for what is right, nor for another client.
      guesser.data("alice@mx.test");
      assertThat(guesser.say("text\r\n.")).startsWith("250");
    }
    assertThat(harness.commits.kept).hasSize(1);
  }

  @Test
  void whoHangsUpInTheTarpitIsForgotten() throws Exception {
    try (var guesser = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      guesser.client.write("NONSENSE\r\n".repeat(5).getBytes(US_ASCII));
      assertThat(guesser.reply()).startsWith("500");
    }
    await().until(() -> harness.server.connections().open() == 0);
    assertThat(harness.count("cuts", "bug")).isZero();
  }

  private static Duration since(long beganNanos) {
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }

  private static String lastLine(LineClient client) throws IOException {
    String line = client.readLine();
    while (line.charAt(3) == '-') {
      line = client.readLine();
    }
    return line;
  }
}
