package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.malleposte.transcript.LineClient;

/**
 * Reads an INBOX by IMAP, each time on a new connection, each mail once. Blocks; not thread-safe.
 */
final class Inbox {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern LITERAL =
      Pattern.compile("\\* \\d+ FETCH \\(UID (\\d+) .*\\{(\\d+)}");

  private final InetSocketAddress server;
  private final String account;
  private final String password;
  private final NavigableMap<Integer, String> mails = new TreeMap<>();

  Inbox(InetSocketAddress server, String account, String password) {
    this.server = server;
    this.account = account;
    this.password = password;
  }

  /** All mails in it that have {@code words} in header or body; each as it is, byte by byte. */
  List<String> with(String words) {
    try {
      fetchNew();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return mails.values().stream().filter(mail -> mail.contains(words)).toList();
  }

  private void fetchNew() throws IOException {
    try (var client = LineClient.connect(server, false)) {
      client.readLine();
      command(client, "a LOGIN " + account + " " + password);
      command(client, "b EXAMINE INBOX");
      int next = mails.isEmpty() ? 1 : mails.lastKey() + 1;
      command(client, "c UID FETCH " + next + ":* BODY.PEEK[]");
    }
  }

  /** Waits for exactly one. */
  String await(String words) {
    var found = new AtomicReference<List<String>>(List.of());
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              found.set(with(words));
              assertThat(found.get().size())
                  .as("mails with '%s' for %s, who has %s", words, account, subjects())
                  .isOne();
            });
    return found.get().getFirst();
  }

  private List<String> subjects() {
    return mails.values().stream()
        .flatMap(mail -> mail.lines().filter(line -> line.startsWith("Subject: ")).limit(1))
        .toList();
  }

  private void command(LineClient client, String line) throws IOException {
    client.writeLine(line);
    String answer = client.readLine();
    while (answer != null && !answer.startsWith(line.substring(0, 2))) {
      var literal = LITERAL.matcher(answer);
      if (literal.matches()) {
        byte[] mail = client.readBytes(Integer.parseInt(literal.group(2)));
        mails.put(Integer.valueOf(literal.group(1)), new String(mail, ISO_8859_1));
      }
      answer = client.readLine();
    }
    if (answer == null || !answer.startsWith(line.charAt(0) + " OK")) {
      throw new IOException(line + " was answered with " + answer);
    }
  }
}
