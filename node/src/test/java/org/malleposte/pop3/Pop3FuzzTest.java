package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutated dialogues: whatever a client sends, each reply is one of POP3, no session ends by a bug,
 * and nothing is left behind.
 */
class Pop3FuzzTest {
  private static final int DIALOGUES = 400;

  @Test
  void nothingAClientSendsIsABug() throws Exception {
    long seed = Long.getLong("malleposte.fuzz.seed", 20261);
    var random = new Random(seed);
    var corpus = Pop3Fuzz.dialogues();
    try (var server = new Pop3Server().withMail()) {
      for (int i = 0; i < DIALOGUES; i++) {
        byte[] dialogue = mutate(corpus.get(random.nextInt(corpus.size())), random);
        String replies = send(server, dialogue, random.nextBoolean());
        assertThat(replies).as("seed " + seed + ", dialogue " + i).startsWith("+OK mx1.test");
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> server.sessions() == 0);
      assertThat(server.count("malleposte.pop3.sessions.ended", "end", "bug"))
          .as("seed " + seed)
          .isZero();
      // Nobody is locked out.
      assertThat(send(server, ascii("USER alice\r\nPASS secret\r\nQUIT\r\n"), false))
          .contains("+OK logged in");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] mutate(byte[] dialogue, Random random) {
    byte[] bytes = dialogue.clone();
    int changes = random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> {
              bytes[at] = (byte) random.nextInt(256);
              yield bytes;
            }
            case 1 -> splice(bytes, at, at, new byte[] {'\r'});
            case 2 ->
                splice(bytes, at, Math.min(bytes.length, at + random.nextInt(20)), new byte[0]);
            case 3 -> splice(bytes, at, at, new byte[random.nextInt(6000)]);
            default -> {
              int to = Math.min(bytes.length, at + random.nextInt(60));
              yield splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            }
          };
      if (bytes.length == 0) {
        return ascii("NOOP\r\n");
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] between) {
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(between);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }

  /** All replies until the server closes. */
  private static String send(Pop3Server server, byte[] dialogue, boolean reset) throws IOException {
    try (var socket = new Socket("127.0.0.1", server.clear().getPort())) {
      socket.setSoTimeout(20_000);
      var in = socket.getInputStream();
      var first = new StringBuilder(readLine(in));
      try {
        socket.getOutputStream().write(dialogue);
        // Out of whatever the dialogue has left open: a line, a SASL exchange.
        socket.getOutputStream().write(ascii("\r\n\r\nQUIT\r\nQUIT\r\n"));
        if (reset) {
          socket.setSoLinger(true, 0);
          return first.toString();
        }
        first.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (SocketException e) {
        // The server hung up first, with bytes of ours unread.
      }
      return first.toString();
    }
  }

  private static String readLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.append('\n').toString();
  }
}
