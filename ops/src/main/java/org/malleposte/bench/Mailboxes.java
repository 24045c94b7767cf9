package org.malleposte.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * What lies in the INBOXes of {@code user0} to {@code user(users-1)}, by IMAP. Passwords are {@code
 * secret}.
 */
record Mailboxes(InetSocketAddress server, int users) {
  private static final Pattern MESSAGES = Pattern.compile("(?i).*MESSAGES (\\d+).*");
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Holds one connection an account open, so that counting costs the server next to nothing. */
  final class Counter implements AutoCloseable {
    private final List<Peer> peers = new ArrayList<>();
    private int tag;

    Counter() throws IOException {
      for (int i = 0; i < users; i++) {
        var peer = new Peer(server);
        peers.add(peer);
        peer.readLine();
        peer.imap("a", "LOGIN user" + i + " secret", _ -> {});
      }
    }

    long count() throws IOException {
      var total = new AtomicLong();
      for (var peer : peers) {
        peer.imap(
            "t" + tag++,
            "STATUS INBOX (MESSAGES)",
            line -> {
              var matcher = MESSAGES.matcher(line);
              if (matcher.matches()) {
                total.addAndGet(Long.parseLong(matcher.group(1)));
              }
            });
      }
      return total.get();
    }

    /**
     * @return seconds from {@code startNanos} until {@code total} messages are there
     */
    double await(long total, long startNanos, Duration limit)
        throws IOException, InterruptedException {
      while (count() < total) {
        if (System.nanoTime() - startNanos > limit.toNanos()) {
          throw new IOException(
              "only " + count() + " of " + total + " arrived within " + limit.toSeconds() + " s");
        }
        if (new CountDownLatch(1).await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException("nobody counts down");
        }
      }
      return (System.nanoTime() - startNanos) / 1e9;
    }

    @Override
    public void close() throws IOException {
      for (var peer : peers) {
        peer.close();
      }
    }
  }

  Counter counter() throws IOException {
    return new Counter();
  }

  /** Fetches all bodies of the first account. */
  record Fetched(long messages, double seconds, double megabytesPerSecond) {}

  Fetched fetchAll() throws IOException {
    try (var peer = new Peer(server)) {
      peer.readLine();
      peer.imap("a", "LOGIN user0 secret", _ -> {});
      peer.imap("b", "SELECT INBOX", _ -> {});
      var messages = new AtomicLong();
      long start = System.nanoTime();
      long bytes =
          peer.imap(
              "c",
              "FETCH 1:* (UID BODY.PEEK[])",
              line -> {
                if (line.contains("FETCH")) {
                  messages.incrementAndGet();
                }
              });
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Fetched(messages.get(), seconds, bytes / 1e6 / seconds);
    }
  }
}
