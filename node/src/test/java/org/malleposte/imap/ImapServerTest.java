package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.malleposte.imap.ImapFixture.command;
import static org.malleposte.imap.ImapFixture.until;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.transcript.LineClient;

/** What transcripts cannot say: time, size, loss, and who else is there. */
class ImapServerTest {
  private ImapFixture server;

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void readsGoOnWithoutAMajority() throws IOException {
    server = ImapFixture.start();
    server.deliver(ImapScenes.PLAIN);
    server.fake.setWritable(false);
    try (var client = selected()) {
      assertThat(command(client, "FETCH 1 BODY[TEXT]")).last().asString().startsWith("t OK");
      assertThat(command(client, "STORE 1 +FLAGS (\\Seen)"))
          .last()
          .asString()
          .startsWith("t NO [UNAVAILABLE]");
      assertThat(command(client, "EXPUNGE")).last().asString().startsWith("t NO [UNAVAILABLE]");
      assertThat(command(client, "COPY 1 INBOX")).last().asString().contains("[UNAVAILABLE]");
      assertThat(command(client, "MOVE 1 INBOX")).last().asString().contains("[UNAVAILABLE]");
      assertThat(command(client, "CREATE x")).last().asString().contains("[UNAVAILABLE]");
      assertThat(command(client, "APPEND INBOX {1+}\r\nx")).last().asString().contains("[UNAVAIL");
      assertThat(command(client, "CLOSE")).last().asString().startsWith("t OK");
    }
  }

  @Test
  void aDiskThatFailsIsANoAndNotTheEnd() throws IOException {
    server = ImapFixture.start();
    server.deliver(ImapScenes.PLAIN);
    try (var client = selected()) {
      server.fake.setDiskFails(true);
      assertThat(command(client, "STATUS INBOX (MESSAGES)")).last().asString().contains("[UNAVAIL");
      server.fake.setDiskFails(false);
      assertThat(command(client, "STATUS INBOX (MESSAGES)")).last().asString().startsWith("t OK");
    }
  }

  @Test
  void overQuotaIsSaid() throws IOException {
    server = ImapFixture.start();
    server.fake.setQuotaBytes(3);
    try (var client = loggedIn()) {
      assertThat(command(client, "APPEND INBOX {4+}\r\nabcd")).last().asString().contains("[OVERQ");
    }
  }

  @Test
  void aLargeMessageIsStreamedBothWays() throws IOException {
    server = ImapFixture.start();
    byte[] body = new byte[5_000_000];
    new Random(1).nextBytes(body);
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) ('a' + (body[i] & 15));
    }
    byte[] header = "Subject: large\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    int size = header.length + body.length;
    try (var client = selected()) {
      client.writeLine("t APPEND INBOX {" + size + "}");
      assertThat(client.readLine()).startsWith("+ ");
      client.write(header);
      client.write(body);
      client.writeLine("");
      assertThat(until(client)).last().asString().startsWith("t OK [APPENDUID");
      var lines = command(client, "FETCH 1 (RFC822.SIZE BODY.PEEK[TEXT])");
      assertThat(lines.get(0)).contains("RFC822.SIZE " + size).contains("{5000000}");
      assertThat(lines.get(1)).startsWith(new String(body, StandardCharsets.ISO_8859_1));
      assertThat(server.uploads()).isEmptyDirectory();
    }
  }

  @Test
  void anUploadThatIsCutLeavesNothing() throws IOException {
    server = ImapFixture.start();
    var client = loggedIn();
    client.writeLine("t APPEND INBOX {5000000+}");
    client.write(new byte[1_000_000]);
    await().until(() -> files() == 1);
    client.close(true);
    await().until(() -> files() == 0);
  }

  @Test
  void whatACrashLeftIsDeletedAtTheStart() throws IOException {
    server = ImapFixture.start(ImapServerTest::crashed);
    assertThat(server.uploads().resolve("append-1.uploading")).doesNotExist();
    assertThat(server.uploads().resolve("of somebody else")).exists();
  }

  private static ImapSettings crashed(ImapSettings settings) {
    try {
      Files.createDirectories(settings.uploadDirectory());
      Files.write(settings.uploadDirectory().resolve("append-1.uploading"), new byte[1_000]);
      Files.write(settings.uploadDirectory().resolve("of somebody else"), new byte[1]);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return settings;
  }

  private long files() {
    return server.uploadedFiles();
  }

  /** A client that asks for much and does not read must cost memory for a moment's output only. */
  @Test
  void aSlowReaderHoldsTheServerBack() throws IOException {
    server = ImapFixture.start();
    byte[] message = new byte[200_000];
    java.util.Arrays.fill(message, (byte) 'x');
    for (int i = 0; i < 200; i++) {
      server.deliver(message, MailboxName.INBOX, Flags.NONE);
    }
    try (var client = selected()) {
      client.writeLine("t FETCH 1:* BODY.PEEK[]");
      // What is counted is what was given to the socket: the kernel's buffers and a little more.
      await()
          .pollDelay(Duration.ofMillis(500))
          .until(() -> server.meters.counter("malleposte.imap.sent.bytes").count() > 100_000);
      assertThat(server.meters.counter("malleposte.imap.sent.bytes").count())
          .isLessThan(20_000_000);
      assertThat(until(client)).last().asString().startsWith("t OK");
      assertThat(server.meters.counter("malleposte.imap.sent.bytes").count())
          .isGreaterThan(40_000_000);
    }
  }

  @Test
  void idleIsWokenByADelivery() throws IOException {
    server = ImapFixture.start();
    try (var client = selected()) {
      client.writeLine("t IDLE");
      assertThat(client.readLine()).startsWith("+ ");
      server.deliver(ImapScenes.PLAIN);
      assertThat(client.readLine()).isEqualTo("* 1 EXISTS");
      assertThat(client.readLine()).isEqualTo("* 1 RECENT");
      client.writeLine("DONE");
      assertThat(client.readLine()).startsWith("t OK");
    }
    await().until(() -> server.fake.watches(ImapFixture.ALICE) == 0);
  }

  @Test
  void anIdlingClientHearsSomethingNowAndThen() throws IOException {
    server = times(Duration.ofMinutes(31), Duration.ofMinutes(2), Duration.ofMillis(50));
    try (var client = selected()) {
      client.writeLine("t IDLE");
      assertThat(client.readLine()).startsWith("+ ");
      assertThat(client.readLine()).isEqualTo("* OK Still here");
      assertThat(client.readLine()).isEqualTo("* OK Still here");
    }
  }

  @Test
  void whoDoesNotLogInIsSentAway() throws IOException {
    server = times(Duration.ofMinutes(31), Duration.ofMillis(100), Duration.ofMinutes(2));
    try (var client = connect()) {
      assertThat(client.readLine()).startsWith("* BYE Login takes too long");
      assertThat(client.readLine()).isNull();
    }
  }

  @Test
  void whoSaysNothingIsLoggedOut() throws IOException {
    server = times(Duration.ofMillis(300), Duration.ofMinutes(2), Duration.ofMillis(100));
    try (var client = loggedIn()) {
      assertThat(client.readLine()).startsWith("* BYE Autologout");
      assertThat(client.readLine()).isNull();
    }
  }

  @Test
  void sessionsAreCounted() throws IOException {
    server = ImapFixture.start(s -> s.withSessions(4, 2, 3));
    try (var first = loggedIn();
        var second = loggedIn();
        var third = connect()) {
      third.writeLine("t LOGIN alice secret");
      assertThat(third.readLine()).startsWith("t NO [LIMIT]");
      first.writeLine("t LOGOUT");
      await().until(() -> server.server.sessions() == 2);
      third.writeLine("t LOGIN alice secret");
      assertThat(third.readLine()).startsWith("t OK");
      assertThat(second).isNotNull();
    }
    await().until(() -> server.server.sessions() == 0);
    assertThat(ended("too_many_of_account")).isOne();
    assertThat(ended("timeout")).isZero();
  }

  @Test
  void aNodeThatIsFullSaysSo() throws IOException {
    server = ImapFixture.start(s -> s.withSessions(1, 1, 1));
    try (var first = connect();
        var second = LineClient.connect(server.address(false), false)) {
      assertThat(second.readLine()).isEqualTo("* BYE [UNAVAILABLE] Too many connections");
      assertThat(second.readLine()).isNull();
      assertThat(first).isNotNull();
    }
  }

  private double ended(String reason) {
    return server.meters.counter("malleposte.imap.ended", "reason", reason).count();
  }

  @Test
  void thousandsOfCommandsInOneGoAreAnsweredInOrder() throws IOException {
    server = ImapFixture.start();
    int count = 8_000;
    try (var client = connect()) {
      client.write("a NOOP\r\n".repeat(count).getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < count; i++) {
        assertThat(client.readLine()).startsWith("a OK");
      }
    }
  }

  @Test
  void aStrangerGetsAShortLineOnly() throws IOException {
    server = ImapFixture.start();
    try (var client = connect()) {
      client.write(new byte[ImapLimits.LINE_BEFORE_LOGIN_MAX_BYTES + 1]);
      assertThat(client.readLine()).startsWith("* BYE Line is too long");
    }
  }

  @Test
  void aLineWithoutEndIsCutOff() throws IOException {
    server = ImapFixture.start();
    try (var client = loggedIn()) {
      client.write("a SEARCH ".getBytes(StandardCharsets.US_ASCII));
      client.write(new byte[ImapLimits.LINE_MAX_BYTES]);
      assertThat(client.readLine()).startsWith("* BYE Line is too long");
      assertThat(client.readLine()).isNull();
    }
  }

  @Test
  void aDeletedMailboxEndsItsSessions() throws IOException {
    server = ImapFixture.start();
    try (var one = loggedIn();
        var other = loggedIn()) {
      command(one, "CREATE Gone");
      command(one, "SELECT Gone");
      command(other, "DELETE Gone");
      assertThat(command(one, "NOOP")).containsExactly("* BYE Selected mailbox was deleted");
      assertThat(one.readLine()).isNull();
    }
  }

  @Test
  void stoppingSaysByeAfterTheCommand() throws IOException {
    server = ImapFixture.start();
    try (var idle = selected();
        var quiet = connect()) {
      idle.writeLine("t IDLE");
      idle.readLine();
      var stopped = CompletableFuture.runAsync(server::stopServer);
      assertThat(idle.readLine()).startsWith("* BYE Server is shutting down");
      assertThat(quiet.readLine()).startsWith("* BYE Server is shutting down");
      assertThat(idle.readLine()).isNull();
      stopped.join();
    }
    assertThat(server.server.sessions()).isZero();
  }

  @Test
  void garbageEndsNothingButItsOwnConnection() throws IOException {
    server = ImapFixture.start();
    long seed = 99;
    var random = new Random(seed);
    for (int i = 0; i < 30; i++) {
      try (var client = LineClient.connect(server.address(false), false)) {
        byte[] bytes = new byte[random.nextInt(5_000)];
        random.nextBytes(bytes);
        client.write(bytes);
        client.close(random.nextBoolean());
      } catch (java.net.SocketException e) {
        // The server hung up first.
      }
    }
    await().until(() -> server.server.sessions() == 0);
    try (var client = selected()) {
      assertThat(command(client, "NOOP")).last().asString().startsWith("t OK");
    }
    assertThat(ended("failure")).as("seed " + seed).isZero();
  }

  @Test
  void aPasswordInClearIsRefused() {
    server = ImapFixture.start();
    var link = new Link(SaslLink.clear(false), true, "192.0.2.1");
    var session =
        new ImapSession(
            server.server.settings(),
            TestMechanisms.byDefault(),
            link,
            () -> Instant.EPOCH,
            new Random(1));
    for (String line :
        new String[] {"LOGIN a b", "AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN AGEAYg=="}) {
      var command =
          new FramedCommand(
              List.of(
                  new FramedCommand.Part.Text(("t " + line).getBytes(StandardCharsets.US_ASCII))));
      assertThat(session.on(ImapCommandParser.parse(command)).toString())
          .doesNotContain("AskLogin");
      assertThat(text(session.on(ImapCommandParser.parse(command))))
          .startsWith("t NO [PRIVACYREQUIRED]");
    }
    assertThat(text(session.greeting())).contains("LOGINDISABLED").doesNotContain("AUTH=");
  }

  private static String text(List<ImapStep> steps) {
    var text = new StringBuilder();
    for (var step : steps) {
      if (step instanceof ImapStep.Send(var bytes)) {
        text.append(new String(bytes, StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }

  private static ImapFixture times(Duration autologout, Duration login, Duration notice) {
    return ImapFixture.start(s -> s.withTimes(autologout, login, notice));
  }

  private LineClient connect() throws IOException {
    return server.connect();
  }

  private LineClient loggedIn() throws IOException {
    return server.loggedIn();
  }

  private LineClient selected() throws IOException {
    return server.selected();
  }
}
