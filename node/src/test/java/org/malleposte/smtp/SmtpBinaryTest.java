package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.mime.BinaryMails;

/** BINARYMIME (RFC 3030 §3) over a real socket: what is committed is lines, and says the same. */
class SmtpBinaryTest {
  private static final long MAX_BYTES = 3 << 20;
  private static final String HEADER =
      "Subject: octets\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
          + "Content-Transfer-Encoding: binary\r\n\r\n";

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
  void stop() throws Exception {
    await().untilAsserted(() -> assertThat(left()).as("temporary files").isZero());
    await().untilAsserted(() -> assertThat(harness.server.memory().usedBytes()).isZero());
    harness.close();
  }

  @Test
  void whatWasSentIsWhatIsRead() throws Exception {
    long seed = Long.getLong("binary.seed", 20_261_126L);
    var random = new Random(seed);
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int round = 0; round < 60; round++) {
        // Some in memory, some on disk, some that grow from the one to the other.
        var mail = BinaryMails.random(random, round % 4 == 0 ? 300_000 : 3_000);
        begin(dialogue);
        var kept = kept(send(dialogue, mail.message(), random));
        assertThat(kept.envelope().body()).isEqualTo(BodyType.EIGHT_BIT_MIME);
        assertThat(BinaryMails.isLines(kept.body())).as("seed %s %s", seed, round).isTrue();
        assertThat(BinaryMails.leavesOf(kept.body()))
            .as("seed %s round %s", seed, round)
            .containsExactlyElementsOf(mail.leaves());
      }
    }
  }

  @Test
  void aSubmittedMailLikewise() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SUBMISSIONS), true)) {
      assertThat(dialogue.say("AUTH PLAIN AGFsaWNlAHNlY3JldA==")).startsWith("235");
      dialogue.say("MAIL FROM:<alice@mx.test> BODY=BINARYMIME");
      dialogue.say("RCPT TO:<bob@mx.test>");
      byte[] octets = octets(400_000);
      var kept = kept(send(dialogue, message(octets), new Random(1)));
      assertThat(kept.text()).contains("\r\nMessage-ID: <");
      assertThat(BinaryMails.leavesOf(kept.body())).containsExactly(octets);
    }
  }

  @Test
  void theLimitIsThatOfWhatBecomesOfIt() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      int fits = (int) (MAX_BYTES - HEADER.length()) / 78 * 57;
      begin(dialogue);
      assertThat(send(dialogue, message(octets(fits)), new Random(1))).startsWith("250");
      begin(dialogue);
      assertThat(send(dialogue, message(octets(fits + 100)), new Random(1)))
          .startsWith("552 5.3.4 Message too large");
      begin(dialogue);
      assertThat(send(dialogue, message(octets(100)), new Random(1))).startsWith("250");
    }
    assertThat(harness.commits.kept).hasSize(2);
  }

  @Test
  void whatCannotBeConvertedIsNotCommitted() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      for (int size : new int[] {10, 300_000}) {
        begin(dialogue);
        byte[] text = ("Subject: text\r\n\r\nbare\n" + "x\r\n".repeat(size)).getBytes(ISO_8859_1);
        assertThat(send(dialogue, text, new Random(1))).startsWith("554 5.6.3");
      }
    }
    assertThat(harness.commits.kept).isEmpty();
    assertThat(harness.count("mails", "faulty")).isEqualTo(2);
  }

  @Test
  void withoutADiskItIsNotAcknowledged() throws Exception {
    try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
      // Received in memory; what becomes of it has no room there.
      begin(dialogue);
      Files.delete(directory);
      assertThat(send(dialogue, message(octets(250_000)), new Random(1))).startsWith("451 4.3.0");
      begin(dialogue);
      assertThat(send(dialogue, message(octets(1_000)), new Random(1))).startsWith("250");
      Files.createDirectory(directory);
    }
    assertThat(harness.commits.kept).hasSize(1);
  }

  @Test
  void inLmtpEachRecipientHearsOfIt() throws Exception {
    try (var client =
        org.malleposte.transcript.LineClient.connect(harness.address(SmtpHarness.LMTP), false)) {
      client.write(
          "LHLO x\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<alice@mx.test>\r\nRCPT TO:<bob@mx.test>\r\n"
              .getBytes(ISO_8859_1));
      byte[] message = message(octets(5_000));
      client.write(("BDAT " + message.length + " LAST\r\n").getBytes(ISO_8859_1));
      client.write(message);
      client.write("QUIT\r\n".getBytes(ISO_8859_1));
      var last = new java.util.ArrayList<String>();
      for (String line = client.readLine(); line != null; line = client.readLine()) {
        last.add(line);
      }
      assertThat(last.subList(last.size() - 3, last.size() - 1))
          .allMatch(line -> line.matches("250 2.0.0 .* queued"));
      assertThat(last.getLast()).startsWith("221");
    }
    assertThat(harness.commits.kept.values())
        .singleElement()
        .satisfies(
            kept -> assertThat(BinaryMails.leavesOf(kept.body())).containsExactly(octets(5_000)));
  }

  @Test
  void whoHangsUpLeavesNothingBehind() throws Exception {
    harness.commits.gate = new CompletableFuture<>();
    var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP));
    dialogue.say("MAIL FROM:<carol@example.test> BODY=BINARYMIME");
    dialogue.say("RCPT TO:<slow@mx.test>");
    write(dialogue, message(octets(500_000)), new Random(1));
    await().until(() -> harness.commits.asked.get() == 1);
    dialogue.close();
    await().until(() -> harness.server.connections().open() == 0);
    assertThat(left()).isPositive();
    harness.commits.gate.complete(null);
  }

  private static void begin(SmtpDialogue dialogue) throws IOException {
    assertThat(dialogue.say("MAIL FROM:<carol@example.test> BODY=binarymime")).startsWith("250");
    assertThat(dialogue.say("RCPT TO:<alice@mx.test>")).startsWith("250");
  }

  private static String send(SmtpDialogue dialogue, byte[] message, Random random)
      throws IOException {
    int chunks = write(dialogue, message, random);
    for (int i = 1; i < chunks; i++) {
      assertThat(dialogue.reply()).startsWith("250 2.0.0 ").endsWith("octets received");
    }
    return dialogue.reply();
  }

  /** In chunks that end anywhere; how many they were. */
  private static int write(SmtpDialogue dialogue, byte[] message, Random random)
      throws IOException {
    int chunks = 0;
    var wire = new ByteArrayOutputStream();
    for (int at = 0; chunks == 0 || at < message.length; chunks++) {
      int count = Math.min(message.length - at, 1 + random.nextInt(1 + message.length / 2));
      String last = at + count == message.length ? " LAST" : "";
      wire.writeBytes(("BDAT " + count + last + "\r\n").getBytes(ISO_8859_1));
      wire.write(message, at, count);
      at += count;
    }
    byte[] bytes = wire.toByteArray();
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(60_000));
      dialogue.client.write(Arrays.copyOfRange(bytes, at, at + count));
      at += count;
    }
    return chunks;
  }

  private static byte[] message(byte[] octets) {
    var message = new ByteArrayOutputStream();
    message.writeBytes(HEADER.getBytes(ISO_8859_1));
    message.writeBytes(octets);
    return message.toByteArray();
  }

  private static byte[] octets(int size) {
    byte[] octets = new byte[size];
    new Random(size).nextBytes(octets);
    return octets;
  }

  private FakeCommitRule.Kept kept(String reply) {
    assertThat(reply).startsWith("250 2.0.0 ").endsWith(" queued");
    return harness.commits.kept.get(new QueueId(reply.split(" ")[2]));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    }
  }

  private long left() throws IOException {
    return files().size();
  }
}
