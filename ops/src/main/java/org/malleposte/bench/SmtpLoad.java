package org.malleposte.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGeneratorFactory;

/**
 * Sends mails over a number of kept connections, each one mail after another, without pipelining:
 * what a server sees from a busy neighbour.
 *
 * @param users recipients {@code user0@domain} to {@code user(users-1)@domain}, in turn
 */
record SmtpLoad(
    InetSocketAddress server, String domain, int users, int sessions, int count, int sizeBytes) {
  /**
   * Seconds from the first command to the last 250, and the latencies of DATA to 250 in
   * milliseconds.
   */
  record Result(double seconds, double perSecond, double medianMs, double p99Ms) {}

  Result run() throws InterruptedException, IOException {
    byte[] message = message();
    var next = new AtomicInteger();
    var latencies = new long[count];
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      var all = new ArrayList<Future<Void>>();
      for (int i = 0; i < sessions; i++) {
        all.add(threads.submit(session(message, next, latencies)));
      }
      for (var one : all) {
        one.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Arrays.sort(latencies);
      return new Result(
          seconds,
          count / seconds,
          latencies[count / 2] / 1e6,
          latencies[(int) (count * 0.99)] / 1e6);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private Callable<Void> session(byte[] message, AtomicInteger next, long[] latencies) {
    return () -> {
      try (var peer = new Peer(server)) {
        peer.smtpReply("220");
        peer.writeLine("EHLO bench.example");
        peer.smtpReply("250");
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
          peer.writeLine("MAIL FROM:<sender@bench.example>");
          peer.smtpReply("250");
          peer.writeLine("RCPT TO:<user" + i % users + "@" + domain + ">");
          peer.smtpReply("250");
          peer.writeLine("DATA");
          peer.smtpReply("354");
          long start = System.nanoTime();
          peer.write(message);
          peer.smtpReply("250");
          latencies[i] = System.nanoTime() - start;
        }
        peer.writeLine("QUIT");
        return null;
      }
    };
  }

  private byte[] message() {
    var out = new ByteArrayOutputStream(sizeBytes + 200);
    out.writeBytes(
        "From: sender@bench.example\r\nTo: you@example.org\r\nSubject: bench\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    while (out.size() < sizeBytes) {
      var line = new StringBuilder(78);
      while (line.length() < 64) {
        line.append(Long.toUnsignedString(random.nextLong(), 36));
      }
      out.writeBytes(line.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }
    out.writeBytes(".\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }
}
