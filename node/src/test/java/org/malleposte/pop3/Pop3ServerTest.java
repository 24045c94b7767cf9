package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;
import org.malleposte.transcript.LineClient;

/** What no dialogue shows: limits in time and number, failures of the store, slow clients. */
class Pop3ServerTest {
  private static Pop3Limits limits(int sessions, int perAddress, Duration idle) {
    return new Pop3Limits(sessions, perAddress, 5, idle, Duration.ofSeconds(5));
  }

  private static LineClient connect(Pop3Server server) throws IOException {
    var client = LineClient.connect(server.clear(), false);
    assertThat(client.readLine()).startsWith("+OK");
    return client;
  }

  private static LineClient login(Pop3Server server) throws IOException {
    var client = connect(server);
    ask(client, "USER alice", "+OK");
    ask(client, "PASS secret", "+OK");
    return client;
  }

  private static String ask(LineClient client, String command, String reply) throws IOException {
    client.writeLine(command);
    String line = client.readLine();
    assertThat(line).as(command).startsWith(reply);
    return line;
  }

  private static int lines(LineClient client) throws IOException {
    int count = 0;
    for (String line = client.readLine(); !".".equals(line); line = client.readLine()) {
      assertThat(line).isNotNull();
      count++;
    }
    return count;
  }

  @Test
  void metersAreThereFromTheStart() {
    try (var server = new Pop3Server()) {
      for (var end : Pop3Metrics.End.values()) {
        assertThat(server.count("malleposte.pop3.sessions.ended", "end", end.name().toLowerCase()))
            .isZero();
      }
      assertThat(server.count("malleposte.pop3.removed")).isZero();
      assertThat(server.count("malleposte.pop3.retrieved.size")).isZero();
      assertThat(server.sessions()).isZero();
    }
  }

  @Test
  void anIdleClientIsClosedWithoutAWordAndNothingIsDeleted() throws IOException {
    try (var server = new Pop3Server(limits(10, 10, Duration.ofMillis(1500))).withMail()) {
      try (var client = login(server)) {
        ask(client, "DELE 1", "+OK");
        assertThat(client.readLine()).isNull();
      }
      await().until(() -> server.count("malleposte.pop3.sessions.ended", "end", "idle") == 1);
      try (var client = login(server)) {
        ask(client, "STAT", "+OK 3 ");
      }
    }
  }

  @Test
  void sessionsHaveTheirLimits() throws IOException {
    try (var server = new Pop3Server(limits(2, 2, Duration.ofMinutes(10)))) {
      var first = connect(server);
      var second = connect(server);
      try (var third = LineClient.connect(server.clear(), false)) {
        assertThat(third.readLine()).isEqualTo(Pop3Replies.TOO_MANY_SESSIONS);
        assertThat(third.readLine()).isNull();
      }
      assertThat(server.count("malleposte.pop3.sessions.turned.away")).isEqualTo(1);
      first.close();
      await().until(() -> server.sessions() == 1);
      connect(server).close();
      second.close();
      await().until(() -> server.sessions() == 0);
    }
  }

  @Test
  void withoutAMajorityMailIsReadAndQuitSaysThatNothingWasRemoved() throws IOException {
    try (var server = new Pop3Server().withMail()) {
      server.store.setWritable(false);
      server.directory.setAvailable(false);
      try (var client = login(server)) {
        ask(client, "RETR 1", "+OK");
        assertThat(lines(client)).isEqualTo(3);
        ask(client, "DELE 1", "+OK");
        ask(client, "QUIT", "-ERR [SYS/TEMP] some messages were not removed");
        assertThat(client.readLine()).isNull();
      }
      server.store.setWritable(true);
      try (var client = login(server)) {
        ask(client, "STAT", "+OK 3 ");
      }
    }
  }

  @Test
  void aDiskThatFailsIsAReplyAndNotTheEnd() throws IOException {
    try (var server = new Pop3Server().withMail()) {
      server.store.setDiskFails(true);
      try (var client = connect(server)) {
        ask(client, "USER alice", "+OK");
        ask(client, "PASS secret", "-ERR [SYS/TEMP]");
        server.store.setDiskFails(false);
        ask(client, "USER alice", "+OK");
        ask(client, "PASS secret", "+OK"); // so the lock was given back
        server.store.setDiskFails(true);
        ask(client, "RETR 1", "-ERR [SYS/TEMP]");
        ask(client, "LIST", "-ERR [SYS/TEMP]");
        ask(client, "STAT", "+OK 3 ");
        server.store.setDiskFails(false);
        ask(client, "RETR 1", "+OK");
        lines(client);
        ask(client, "QUIT", "+OK");
      }
    }
  }

  @Test
  void whatAnotherSessionExpungedIsGone() throws IOException {
    try (var server = new Pop3Server().withMail()) {
      try (var client = login(server)) {
        var inbox = server.store.find(Pop3Server.ALICE, MailboxName.INBOX).orElseThrow();
        server.store.expunge(Pop3Server.ALICE, inbox.id(), UidSet.of(1, 2), false).join();
        server.append(Pop3Server.ALICE, "new: one\r\n\r\n");
        ask(client, "STAT", "+OK 3 152"); // as it was when the session began
        ask(client, "RETR 2", "-ERR the message was removed by another session");
        ask(client, "RETR 2", "-ERR no such message");
        ask(client, "STAT", "+OK 1 49");
        ask(client, "LIST 1", "-ERR no such message");
        ask(client, "LIST", "+OK");
        assertThat(lines(client)).isEqualTo(1);
        ask(client, "QUIT", "+OK");
      }
      try (var client = login(server)) {
        ask(client, "STAT", "+OK 2 ");
      }
    }
  }

  @Test
  void whatWasRetrievedCountsAsRead() throws IOException {
    try (var server = new Pop3Server().withMail()) {
      try (var client = login(server)) {
        ask(client, "RETR 1", "+OK");
        lines(client);
        ask(client, "TOP 2 0", "+OK");
        lines(client);
        ask(client, "RETR 3", "+OK");
        lines(client);
        ask(client, "DELE 3", "+OK");
        ask(client, "QUIT", "+OK");
      }
      var inbox = server.store.find(Pop3Server.ALICE, MailboxName.INBOX).orElseThrow();
      assertThat(inbox.messages()).isEqualTo(2);
      var seen = new java.util.ArrayList<Long>();
      server.store.messages(
          Pop3Server.ALICE,
          inbox.id(),
          UidSet.range(1, 9),
          (Message m) -> {
            if (m.flags().has(Flags.SEEN)) {
              seen.add(m.uid());
            }
          });
      assertThat(seen).containsExactly(1L);
      assertThat(server.count("malleposte.pop3.retrieved")).isEqualTo(2);
      assertThat(server.count("malleposte.pop3.retrieved.size")).isEqualTo(80);
      assertThat(server.count("malleposte.pop3.removed")).isEqualTo(1);
    }
  }

  @Test
  void aSlowReaderHoldsUpOnlyItself() throws IOException {
    int count = 100_000;
    byte[] big = new byte[80 * count];
    Arrays.fill(big, (byte) 'x');
    for (int i = 78; i + 1 < big.length; i += 80) {
      big[i] = '\r';
      big[i + 1] = '\n';
    }
    try (var server = new Pop3Server()) {
      server.append(Pop3Server.ALICE, big);
      server.append(Pop3Server.BOB, big);
      try (var slow = login(server);
          var other = connect(server)) {
        slow.writeLine("RETR 1\r\nNOOP\r\nRETR 1\r\nSTAT");
        ask(other, "USER bob", "+OK");
        ask(other, "PASS secret", "+OK");
        ask(other, "RETR 1", "+OK 8000000");
        assertThat(lines(other)).isEqualTo(count);
        // Nothing was read so far; all of it must come, and then the other answers.
        assertThat(slow.readLine()).startsWith("+OK 8000000");
        assertThat(lines(slow)).isEqualTo(count);
        assertThat(slow.readLine()).isEqualTo("+OK");
        assertThat(slow.readLine()).startsWith("+OK 8000000");
        assertThat(lines(slow)).isEqualTo(count);
        assertThat(slow.readLine()).startsWith("+OK 1 ");
        // And not a byte more.
        ask(slow, "QUIT", "+OK bye");
        assertThat(slow.readLine()).isNull();
      }
    }
  }

  @Test
  void aClientThatTakesNothingIsClosedAndItsMaildropFree() throws IOException {
    try (var server = new Pop3Server(limits(10, 10, Duration.ofSeconds(2)))) {
      server.append(Pop3Server.ALICE, new byte[20 << 20]);
      try (var client = login(server)) {
        client.writeLine("RETR 1");
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> server.count("malleposte.pop3.sessions.ended", "end", "idle") == 1);
        login(server).close();
        // The socket is really gone, though much is still unsent.
        await().atMost(Duration.ofSeconds(20)).until(() -> !takes(client));
      }
    }
  }

  @Test
  void aClientThatHangsUpInAMessageLeavesNothingBehind() throws IOException {
    try (var server = new Pop3Server()) {
      server.append(Pop3Server.ALICE, new byte[20 << 20]);
      for (int i = 0; i < 5; i++) {
        try (var client = login(server)) {
          ask(client, "RETR 1", "+OK");
          client.close(true);
        }
        await().until(() -> server.sessions() == 0);
      }
      await().until(() -> server.lane.waiting() == 0);
      assertThat(server.count("malleposte.pop3.sessions.ended", "end", "client")).isEqualTo(5);
      assertThat(server.count("malleposte.pop3.sessions.ended", "end", "bug")).isZero();
    }
  }

  @Test
  void aClientThatHangsUpDuringItsLoginLeavesNoLock() throws Exception {
    var answer = new CompletableFuture<LoginOutcome>();
    try (var server =
        new Pop3Server(
            Pop3Limits.DEFAULT,
            (login, password, _) ->
                password.equals("slow")
                    ? answer
                    : new Pop3Server.Accounts().login(login, password, ""))) {
      try (var client = connect(server)) {
        ask(client, "USER alice", "+OK");
        client.writeLine("PASS slow");
        client.close(true);
      }
      await().until(() -> server.sessions() == 0);
      answer.complete(new LoginOutcome.Granted(Pop3Server.ALICE));
      login(server).close();
    }
  }

  @Test
  void aMaildropOfManyMessagesIsListedPieceByPiece() throws IOException {
    try (var server = new Pop3Server()) {
      for (int i = 0; i < 20_000; i++) {
        server.append(Pop3Server.ALICE, "a: b\r\n");
      }
      try (var client = login(server)) {
        client.writeLine("UIDL\r\nLIST\r\nSTAT");
        for (int list = 0; list < 2; list++) {
          assertThat(client.readLine()).startsWith("+OK");
          assertThat(lines(client)).isEqualTo(20_000);
        }
        assertThat(client.readLine()).isEqualTo("+OK 20000 120000");
      }
    }
  }

  @Test
  void commandsInOneGoAreAnsweredInOrderHoweverMany() throws IOException {
    try (var server = new Pop3Server().withMail();
        var client = login(server)) {
      var commands = new StringBuilder();
      for (int i = 0; i < 5_000; i++) {
        commands.append("LIST 1\r\nUIDL 2\r\nNOOP\r\n");
      }
      var writer = CompletableFuture.runAsync(() -> write(client, commands.toString()));
      for (int i = 0; i < 5_000; i++) {
        assertThat(client.readLine()).isEqualTo("+OK 1 31");
        assertThat(client.readLine()).startsWith("+OK 2 ");
        assertThat(client.readLine()).isEqualTo("+OK");
      }
      writer.join();
    }
  }

  private static boolean takes(LineClient client) {
    try {
      client.writeLine("NOOP");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void write(LineClient client, String text) {
    try {
      client.write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void stoppingTellsIdleClientsAndLetsARunningReplyEnd() throws Exception {
    try (var server = new Pop3Server()) {
      byte[] big = new byte[8 << 20];
      server.append(Pop3Server.BOB, big);
      try (var idle = connect(server);
          var busy = connect(server)) {
        ask(busy, "USER bob", "+OK");
        ask(busy, "PASS secret", "+OK");
        ask(busy, "RETR 1", "+OK");
        var address = server.clear();
        var stopped = server.stop();
        assertThat(idle.readLine()).isEqualTo(Pop3Replies.SHUTTING_DOWN);
        assertThat(idle.readLine()).isNull();
        assertThat(lines(busy)).isEqualTo(1);
        assertThat(busy.readLine()).isEqualTo(Pop3Replies.SHUTTING_DOWN);
        Pop3Server.await(stopped);
        assertThat(server.sessions()).isZero();
        org.assertj.core.api.Assertions.assertThatThrownBy(
                () -> new Socket(address.getAddress(), address.getPort()).close())
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void noCommandSentAtOnceAfterTheHandshakeIsLost() throws IOException {
    try (var server = new Pop3Server()) {
      for (int i = 0; i < 10; i++) {
        try (var client = connect(server)) {
          ask(client, "STLS", "+OK");
          client.startTls();
          ask(client, "NOOP", "+OK");
        }
      }
    }
  }

  @Test
  void whatComesInClearWhileTlsBeginsIsNeverACommand() throws IOException {
    try (var server = new Pop3Server()) {
      for (int i = 0; i < 10; i++) {
        try (var client = connect(server)) {
          client.write("STLS\r\n".getBytes(StandardCharsets.US_ASCII));
          client.write("USER alice\r\n".getBytes(StandardCharsets.US_ASCII));
          assertThat(client.readLine()).startsWith("+OK begin TLS");
          try {
            client.startTls();
          } catch (IOException e) {
            continue; // it came after the switch and broke the handshake: also no command
          }
          ask(client, "PASS secret", "-ERR send USER first");
        }
      }
    }
  }
}
