package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.malleposte.imap.ImapFixture.command;
import static org.malleposte.imap.ImapFixture.until;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.UidSet;
import org.malleposte.transcript.LineClient;

/** What a client may do to a node: nothing may crash, hang, stay behind or grow without limit. */
class ImapHostileTest {
  /** More than the kernel keeps for two sockets of loopback, less than what is asked for. */
  private static final double UNREAD_MAX_BYTES = 25_000_000;

  private static final byte[] LARGE = new byte[300_000];

  private ImapFixture server;

  @AfterEach
  void close() {
    server.close();
  }

  /** Each answer is small; together they are too much to keep for somebody who does not read. */
  @Test
  void whoAsksAndDoesNotReadIsNotServedFurther() throws IOException {
    server = ImapFixture.start();
    server.deliver("Subject: x\n\n" + "y".repeat(30_000));
    try (var client = server.selected()) {
      client.write("t FETCH 1 BODY.PEEK[]\r\n".repeat(4_000).getBytes(StandardCharsets.US_ASCII));
      staysBelow(UNREAD_MAX_BYTES);
      for (int i = 0; i < 4_000; i++) {
        assertThat(until(client)).last().asString().startsWith("t OK");
      }
      assertThat(server.count("sent.bytes")).isGreaterThan(120_000_000);
    }
  }

  @Test
  void whoIdlesAndDoesNotReadIsToldTheEndOfIt() throws IOException {
    server = ImapFixture.start();
    for (int i = 0; i < 100; i++) {
      server.deliver("Subject: x\n\n");
    }
    try (var client = server.selected()) {
      client.writeLine("t IDLE");
      assertThat(client.readLine()).startsWith("+ ");
      for (int i = 0; i < 120; i++) {
        String last = "_" + i % 2;
        flag(
            IntStream.range(0, 60)
                .mapToObj(k -> "$" + k + "w".repeat(90) + last)
                .toArray(String[]::new));
        giveTimeToTell();
      }
      staysBelow(UNREAD_MAX_BYTES);
      flag("$Last");
      client.writeLine("DONE");
      var lines = until(client);
      for (int uid = 1; uid <= 100; uid++) {
        String known = "UID " + uid + " FLAGS (";
        assertThat(lines.stream().filter(line -> line.contains(known)).toList())
            .last()
            .asString()
            .contains(known + "$Last \\Recent)");
      }
    }
  }

  /** Half a megabyte a time; without it a hundred changes of a message are told as one. */
  private void giveTimeToTell() {
    double before = server.count("sent.bytes");
    long end = System.nanoTime() + 30_000_000;
    while (server.count("sent.bytes") == before && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private void flag(String... names) {
    long inbox = server.store.find(ImapFixture.ALICE, MailboxName.INBOX).orElseThrow().id();
    var how = MailboxStore.FlagChange.SET;
    server
        .store
        .storeFlags(
            ImapFixture.ALICE,
            inbox,
            UidSet.range(1, 100),
            how,
            Flags.of(names),
            OptionalLong.empty())
        .join();
  }

  /** The server sends until nobody takes it any more, and that is not much. */
  private void staysBelow(double bytes) {
    var before = new double[1];
    await()
        .pollInterval(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              double now = server.count("sent.bytes");
              boolean still = now == before[0];
              before[0] = now;
              return still;
            });
    assertThat(before[0]).isLessThan(bytes);
  }

  @Test
  void aThousandCommandsAtOnceAreAnsweredInOrder() throws IOException {
    server = ImapFixture.start();
    var all = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      all.append('t').append(i).append(i % 3 == 0 ? " NOOP\r\n" : " STATUS INBOX (UNSEEN)\r\n");
    }
    try (var client = server.loggedIn()) {
      client.write(all.toString().getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 1_000; i++) {
        if (i % 3 != 0) {
          assertThat(client.readLine()).isEqualTo("* STATUS INBOX (UNSEEN 0)");
        }
        assertThat(client.readLine()).startsWith("t" + i + " OK");
      }
    }
  }

  @Test
  void searchesWithoutEndAreRefused() throws IOException {
    server = ImapFixture.start();
    try (var client = server.selected()) {
      assertThat(command(client, "SEARCH" + " ALL".repeat(10_000)))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "SEARCH " + "NOT ".repeat(10_000) + "ALL"))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "SEARCH " + "(".repeat(30_000))).last().asString().contains("BAD");
      assertThat(command(client, "SEARCH " + "OR ".repeat(10_000) + "ALL"))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "FETCH " + "1,".repeat(20_000) + "1 FLAGS"))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "FETCH 1 BODY[" + "1.".repeat(20_000) + "1]"))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "FETCH 1 " + "(".repeat(20_000)))
          .last()
          .asString()
          .contains("BAD");
      assertThat(command(client, "NOOP")).last().asString().startsWith("t OK");
    }
  }

  @Test
  void linesAndLiteralsWithoutEndCloseTheConnection() throws IOException {
    server = ImapFixture.start();
    assertThat(byeTo("t " + "x".repeat(1_048_576))).startsWith("* BYE Line is too long");
    assertThat(byeTo("t SEARCH " + "{0+}\r\n".repeat(2_000))).startsWith("* BYE Too many literals");
    assertThat(byeTo("t NOOP {99999999999999999999+}")).startsWith("* BYE Literal is too large");
    assertThat(byeTo("t NOOP {1073741825+}")).startsWith("* BYE Literal is too large");
    assertThat(byeTo("t APPEND INBOX {1073741825+}")).startsWith("* BYE Message is too large");
  }

  private String byeTo(String line) throws IOException {
    try (var client = server.loggedIn()) {
      client.writeLine(line);
      return until(client).getLast();
    } catch (java.net.SocketException e) {
      return "the server hung up while it was written to: " + e;
    }
  }

  @Test
  void literalsOfAnotherSizeAreWhatTheySay() throws IOException {
    server = ImapFixture.start();
    try (var client = server.loggedIn()) {
      assertThat(command(client, "CREATE {2+}\r\nabc")).last().asString().startsWith("t BAD");
      // Too long by the size: what should have been the next command is in the name.
      client.writeLine("t CREATE {9+}\r\nabc\r\nt NOOP\r\n");
      assertThat(until(client)).last().asString().startsWith("t NO [CANNOT]");
      assertThat(command(client, "NOOP {65537+}\r\n" + "x".repeat(65_537)))
          .last()
          .asString()
          .startsWith("t BAD");
      client.writeLine("t CREATE {-1}");
      assertThat(until(client)).last().asString().startsWith("t BAD");
      assertThat(command(client, "CREATE {1")).last().asString().startsWith("t BAD");
      assertThat(command(client, "NOOP")).last().asString().startsWith("t OK");
    }
  }

  @Test
  void ofSeveralMessagesNoneIsLeft() throws IOException {
    server = ImapFixture.start();
    try (var client = server.selected()) {
      client.writeLine("t APPEND INBOX {300000+}");
      client.write(LARGE);
      client.writeLine(" {300000+}");
      client.write(LARGE);
      assertThat(command(client, "")).last().asString().startsWith("t BAD");
      await().until(() -> server.uploadedFiles() == 0);
      client.writeLine("t APPEND INBOX {300000+}");
      client.write(LARGE);
      client.writeLine(" {" + (server.server.settings().appendMaxBytes() + 1) + "}");
      assertThat(until(client)).last().asString().startsWith("t NO [TOOBIG]");
      await().until(() -> server.uploadedFiles() == 0);
      assertThat(command(client, "NOOP")).containsExactly("t OK Noop completed");
    }
  }

  @Test
  void manySmallMessagesDoNotFillTheMemory() throws IOException {
    server = ImapFixture.start();
    try (var client = server.selected()) {
      // Each of them would fit, but not all together.
      client.writeLine("t APPEND INBOX {200000+}");
      client.write(new byte[200_000]);
      client.writeLine(" {200000+}");
      client.write(new byte[200_000]);
      await().until(() -> server.uploadedFiles() == 1);
      client.writeLine("");
      assertThat(until(client)).last().asString().startsWith("t OK [APPENDUID");
      await().until(() -> server.uploadedFiles() == 0);
    }
  }

  @Test
  void ofManyMessagesOnlySomeAreTaken() throws IOException {
    server = ImapFixture.start();
    try (var client = server.selected()) {
      client.write("t APPEND INBOX".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      for (int i = 0; i < ImapLimits.APPEND_MESSAGES_MAX; i++) {
        client.writeLine(" {1+}");
        client.write(new byte[] {'x'});
      }
      client.writeLine(" {1}");
      assertThat(until(client)).last().asString().startsWith("t NO [LIMIT]");
      assertThat(command(client, "NOOP")).containsExactly("t OK Noop completed");
    }
  }

  @Test
  void aMailboxMayBeNamedAppend() throws IOException {
    server = ImapFixture.start();
    try (var client = server.loggedIn()) {
      command(client, "CREATE APPEND");
      assertThat(command(client, "APPEND APPEND {1+}\r\nx")).last().asString().startsWith("t OK");
    }
  }

  @Test
  void aMessageWhoseCommandNeverEndsLeavesNothing() throws IOException {
    server = ImapFixture.start();
    for (String more : List.of("", " and", " {300000+}\r\nabc", " {99999999999+}\r\n")) {
      var client = server.loggedIn();
      client.writeLine("t APPEND INBOX {300000+}");
      client.write(LARGE);
      client.write(more.getBytes(StandardCharsets.US_ASCII));
      await().until(() -> server.uploadedFiles() == 1 || more.contains("9999"));
      client.close(true);
      await().until(() -> server.uploadedFiles() == 0 && server.server.sessions() == 0);
    }
  }

  /** The store may read the message until it answers, and nobody keeps it afterwards. */
  @Test
  void aMessageIsKeptAsLongAsTheStoreWritesIt() throws IOException {
    var asked = new AtomicInteger();
    var written = new CompletableFuture<Object>();
    server = ImapFixture.over(slowToAppend(asked, written));
    var client = server.loggedIn();
    client.writeLine("t APPEND INBOX {300000+}");
    client.write(LARGE);
    client.writeLine("");
    await().until(() -> asked.get() == 1);
    client.close(true);
    await().until(() -> server.server.sessions() == 0);
    assertThat(server.uploadedFiles()).isOne();
    written.completeExceptionally(new IllegalStateException("stopped"));
    await().until(() -> server.uploadedFiles() == 0);
  }

  private static MailboxStore slowToAppend(AtomicInteger asked, CompletableFuture<Object> written) {
    var fake = new FakeMailboxStore();
    return (MailboxStore)
        Proxy.newProxyInstance(
            ImapHostileTest.class.getClassLoader(),
            new Class<?>[] {MailboxStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append")) {
                asked.incrementAndGet();
                return written;
              }
              try {
                return method.invoke(fake, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void whoLeavesInAnyStateLeavesNothing() throws IOException {
    server = ImapFixture.start();
    for (int i = 0; i < 50; i++) {
      server.deliver("Subject: x\n\n" + "y".repeat(100_000));
    }
    var states =
        List.of(
            "",
            "t LOG",
            "t LOGIN {5",
            "t LOGIN {5}\r\nali",
            "t AUTHENTICATE PLAIN\r\nAGFs",
            "t LOGIN alice secret\r\n",
            "t LOGIN alice secret\r\nt SELECT INBOX\r\n",
            "t LOGIN alice secret\r\nt SELECT INBOX\r\nt IDLE\r\n",
            "t LOGIN alice secret\r\nt SELECT INBOX\r\nt FETCH 1:* BODY[]\r\n",
            "t LOGIN alice secret\r\nt SELECT INBOX\r\nt SEARCH TEXT zzz\r\nt NOOP\r\n",
            "t LOGIN alice secret\r\nt APPEND INBOX {1000000+}\r\nabc",
            "t STARTTLS\r\n\u0016\u0003",
            "t LOGIN alice secret\r\nt LOGOUT\r\n");
    for (boolean reset : List.of(false, true)) {
      for (String state : states) {
        try (var client = LineClient.connect(server.address(false), false)) {
          client.write(state.getBytes(StandardCharsets.ISO_8859_1));
          client.readLine();
          client.close(reset);
        }
      }
    }
    await().until(() -> server.server.sessions() == 0);
    await().until(() -> server.fake.watches(ImapFixture.ALICE) == 0);
    assertThat(server.uploadedFiles()).isZero();
    assertThat(server.count("ended", "reason", "failure")).isZero();
  }
}
