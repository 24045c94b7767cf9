package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.transcript.LineClient;

/** What the transcripts say, damaged at random: every answer is an answer, never a bug. */
class ImapFuzzTest {
  private static final String[] WORDS = {
    "{5}",
    "{5+}",
    "{0+}\r\n",
    "{4294967296}",
    "\"",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "<0.1>",
    "*",
    "1:*",
    "0",
    "4294967295",
    "18446744073709551616",
    "NIL",
    "\0",
    "\r",
    "\n",
    "\r\n",
    " ",
    "\u00ff",
    "%",
    "BODY[",
    "HEADER.FIELDS",
    "CHARSET",
    "&-",
    "&AAA",
    "UID",
    "NOT",
    "OR",
    "MODSEQ",
    "RETURN (",
    "PARTIAL",
    "REVERSE",
    "$",
    "\\Seen",
  };

  private final List<String> lines = ImapFuzz.lines();

  /** Framer and parser understand or refuse; whatever they throw fails the test. */
  @Test
  void everyCommandIsUnderstoodOrRefused() {
    int understood = 0;
    for (long seed = 1; seed <= 20_000; seed++) {
      var random = new Random(seed);
      byte[] bytes = damaged(pick(random) + pick(random), random);
      try {
        understood += understand(bytes, random);
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
      }
    }
    assertThat(understood).isGreaterThan(2_500);
  }

  private static int understand(byte[] bytes, Random random) {
    return (int)
        ImapFuzz.understand(Fuzz.pieces(random.nextInt(40), bytes)).stream()
            .filter(seen -> !seen.contains("! ") && !seen.contains("literal"))
            .count();
  }

  /** The same against a server, with mail in it: it answers, and nobody else notices. */
  @Test
  void aServerAnswersAndGoesOn() throws IOException {
    try (var server = ImapFixture.start(s -> s.withAppendMaxBytes(100_000))) {
      ImapScenes.set(server, "mail-");
      var talks = new ArrayList<CompletableFuture<String>>();
      try (var clients = Executors.newFixedThreadPool(30)) {
        for (long seed = 1; seed <= 150; seed++) {
          var random = new Random(seed);
          talks.add(CompletableFuture.supplyAsync(() -> talk(server, random), clients));
        }
      }
      for (int i = 0; i < talks.size(); i++) {
        assertThat(talks.get(i).join()).as("seed " + (i + 1)).doesNotContain("SERVERBUG");
      }
      await().until(() -> server.server.sessions() == 0);
      assertThat(server.count("ended", "reason", "failure")).isZero();
      assertThat(server.uploadedFiles()).isZero();
      try (var client = server.selected()) {
        assertThat(ImapFixture.command(client, "NOOP")).last().asString().startsWith("t OK");
      }
    }
  }

  private String talk(ImapFixture server, Random random) {
    var said = new StringBuilder();
    try (var client = LineClient.connect(server.address(false), false)) {
      client.writeLine("a LOGIN alice secret\r\nb SELECT INBOX");
      for (int i = 0; i < 20; i++) {
        client.write(damaged(pick(random), random));
      }
      // Ends whatever waits: a literal, IDLE, a quoted string.
      client.writeLine("\r\nDONE\r\nz LOGOUT");
      client.write(
          ("x".repeat(900) + "\r\nz LOGOUT\r\n").repeat(80).getBytes(StandardCharsets.US_ASCII));
      for (String line = client.readLine(); line != null; line = client.readLine()) {
        said.append(line).append('\n');
      }
    } catch (java.net.SocketException e) {
      // The server has hung up, as it does with whom it cannot understand.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return said.toString();
  }

  private String pick(Random random) {
    return lines.get(random.nextInt(lines.size()));
  }

  private static byte[] damaged(String text, Random random) {
    var damaged = new StringBuilder(text);
    for (int i = random.nextInt(4); i > 0 && !damaged.isEmpty(); i--) {
      int at = random.nextInt(damaged.length());
      int end = Math.min(damaged.length(), at + 1 + random.nextInt(6));
      switch (random.nextInt(5)) {
        case 0 -> damaged.delete(at, end);
        case 1 -> damaged.insert(at, WORDS[random.nextInt(WORDS.length)]);
        case 2 -> damaged.setCharAt(at, (char) random.nextInt(256));
        case 3 -> damaged.insert(at, damaged.substring(at, end).repeat(1 + random.nextInt(50)));
        default -> damaged.replace(at, end, WORDS[random.nextInt(WORDS.length)]);
      }
    }
    return damaged.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
