package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.QueueId;
import org.malleposte.trace.MailEvent;
import org.malleposte.transcript.LineClient;
import org.malleposte.transcript.Transcript;

/**
 * Mutated transcripts: the server always answers or closes, never says 250 to a mail that was not
 * committed, and never fails itself.
 */
class SmtpFuzzTest {
  private static final int ROUNDS = 700;
  private static final Pattern QUEUED = Pattern.compile("250 2\\.0\\.0 ([0-9A-Z]{26}) queued");
  private static final byte[][] SALT = {
    {'\r'},
    {'\n'},
    {'\r', '\n'},
    {'.'},
    {'\r', '\n', '.', '\r', '\n'},
    {0},
    {(byte) 0xff},
    {'<'},
    "DATA\r\n".getBytes(ISO_8859_1),
    "RSET\r\n".getBytes(ISO_8859_1),
    {'"'},
    {' '}
  };

  /** A session to be mutated, and the listeners that speak its protocol. */
  private record Session(byte[] wire, int clear, int tls) {}

  @TempDir Path directory;

  @Test
  void neverHangsNeverLies() throws Exception {
    long seed = Long.getLong("fuzz.seed", 20_260_101L);
    var random = new Random(seed);
    List<Session> corpus = corpus();
    try (var harness = new SmtpHarness(directory, TestLimits.transcripts())) {
      for (int round = 0; round < ROUNDS; round++) {
        Session session = corpus.get(random.nextInt(corpus.size()));
        byte[] wire = mutate(session.wire(), random);
        boolean tls = random.nextInt(8) == 0;
        try {
          play(harness, tls ? session.tls() : session.clear(), tls, wire, random);
        } catch (IOException | AssertionError e) {
          throw new AssertionError(
              "seed " + seed + " round " + round + ": " + new String(wire, ISO_8859_1), e);
        }
      }
      await().untilAsserted(() -> assertThat(harness.server.connections().open()).isZero());
      assertThat(harness.server.memory().usedBytes()).isZero();
      // FakeRouter's own, when the sender happens to be its crash@: not in the transcripts.
      assertThat(harness.count("cuts", "bug")).isZero();
      assertThat(harness.count("mails", "committed")).isEqualTo(harness.commits.kept.size());
      assertThat(harness.commits.kept.values())
          .as("seed %s: no bare CR or LF goes on, however it came", seed)
          .allMatch(kept -> !kept.text().replace("\r\n", "").matches("(?s).*[\r\n].*"));
    }
  }

  private static void play(
      SmtpHarness harness, int listener, boolean tls, byte[] wire, Random random)
      throws IOException {
    try (var client = LineClient.connect(harness.address(listener), tls)) {
      var sender = send(client, wire, random.nextLong());
      for (String line = client.readLine(); line != null; line = client.readLine()) {
        assertThat(line).matches("[2-5][0-9][0-9][ -].*");
        var queued = QUEUED.matcher(line);
        if (queued.matches()) {
          var id = new QueueId(queued.group(1));
          assertThat(harness.commits.kept.containsKey(id) || isDiscarded(harness, id)).isTrue();
        }
      }
      sender.join();
    } catch (SocketTimeoutException e) {
      // It may wait, and rightly, for the octets that a mutated BDAT has announced.
      if (!new String(wire, ISO_8859_1).toUpperCase(Locale.ROOT).contains("BDAT")) {
        throw e;
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isDiscarded(SmtpHarness harness, QueueId id) {
    return harness.events.stream()
        .anyMatch(event -> event instanceof MailEvent.Discarded && event.id().equals(id));
  }

  private static Thread send(LineClient client, byte[] wire, long seed) {
    return Thread.ofVirtual()
        .start(
            () -> {
              var random = new Random(seed);
              try {
                for (int from = 0; from < wire.length; ) {
                  int count = Math.min(wire.length - from, 1 + random.nextInt(200));
                  client.write(java.util.Arrays.copyOfRange(wire, from, from + count));
                  from += count;
                }
              } catch (IOException e) {
                // The server closed first: it may.
              }
            });
  }

  private static List<Session> corpus() {
    var corpus = new ArrayList<Session>();
    for (Transcript transcript : Transcript.in("smtp", ".smtp")) {
      byte[] wire = SmtpFuzz.dialogue(transcript);
      corpus.add(
          transcript.name().startsWith("lmtp")
              ? new Session(wire, SmtpHarness.LMTP, SmtpHarness.LMTPS)
              : new Session(wire, SmtpHarness.SMTP, SmtpHarness.SMTPS));
    }
    return corpus;
  }

  private static byte[] mutate(byte[] original, Random random) {
    var out = new ByteArrayOutputStream();
    // One in so many bytes; some rounds hardly, some beyond recognition.
    int rarity = 1 << (3 + random.nextInt(8));
    for (int i = 0; i < original.length; i++) {
      if (random.nextInt(rarity) != 0) {
        out.write(original[i]);
        continue;
      }
      switch (random.nextInt(5)) {
        case 0 -> {}
        case 1 -> out.write(random.nextInt(256));
        case 2 -> out.writeBytes(SALT[random.nextInt(SALT.length)]);
        case 3 -> {
          int from = random.nextInt(original.length);
          out.write(original, from, Math.min(original.length - from, random.nextInt(60)));
        }
        default -> i += random.nextInt(20);
      }
    }
    // Whatever it has become: this ends a line, a message, an exchange and the session.
    out.writeBytes("\r\n.\r\nQUIT\r\nQUIT\r\n".getBytes(ISO_8859_1));
    return out.toByteArray();
  }
}
