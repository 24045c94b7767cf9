package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/**
 * How many mails a second a node can take when committing costs nothing, client and server in this
 * process: {@code mvn -Psoak verify -Dtest=SmtpThroughputTest}. And what an idle connection costs.
 */
@Tag("soak")
class SmtpThroughputTest {
  private static final int SESSIONS = 20;
  private static final int MAILS = 2_000;
  private static final int BODY_BYTES = 4_096;

  @TempDir Path directory;

  @Test
  void mailsPerSecond() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults(), 2, new KeepsNothing())) {
      for (int round = 0; round < 4; round++) {
        report("one command a packet", measure(harness, false));
        report("pipelined (RFC 2920)", measure(harness, true));
      }
    }
  }

  @Test
  void anIdleConnectionCostsKilobytes() throws Exception {
    int idle = 5_000;
    var counts = SmtpLimits.defaults().counts();
    var many =
        new SmtpLimits.Counts(
            counts.recipients(),
            counts.recipientCommands(),
            counts.smallChunks(),
            counts.refusedRecipients(),
            counts.errors(),
            counts.errorsBeforeDelay(),
            counts.commandsWithoutMail(),
            counts.failedLogins(),
            counts.hops(),
            idle,
            idle,
            0);
    try (var harness = new SmtpHarness(directory, TestLimits.with(many), 2)) {
      long before = usedHeap();
      var sockets = new ArrayList<Socket>();
      for (int i = 0; i < idle; i++) {
        var socket = new Socket();
        socket.connect(harness.address(SmtpHarness.SMTP));
        socket.getOutputStream().write("EHLO client.test\r\n".getBytes(ISO_8859_1));
        readReplies(socket.getInputStream(), 2);
        sockets.add(socket);
      }
      long each = (usedHeap() - before) / idle;
      System.out.println("idle connection, both ends: " + each + " bytes of heap");
      for (Socket socket : sockets) {
        socket.close();
      }
      assertThat(each).isLessThan(16_384);
    }
  }

  private static double[] measure(SmtpHarness harness, boolean pipelined) throws Exception {
    long cpu = cpuNanos();
    long began = System.nanoTime();
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < SESSIONS; i++) {
      clients.add(
          Thread.ofVirtual().start(() -> send(harness.address(SmtpHarness.SMTP), pipelined)));
    }
    for (Thread client : clients) {
      client.join();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double mails = SESSIONS * MAILS;
    return new double[] {mails / seconds, (cpuNanos() - cpu) / 1e6 / mails};
  }

  private static void report(String how, double[] measured) {
    System.out.printf(
        "%s: %.0f mails/s of %d bytes, %d sessions, %.3f ms CPU a mail, client included%n",
        how, measured[0], BODY_BYTES, SESSIONS, measured[1]);
  }

  private static void send(InetSocketAddress server, boolean pipelined) {
    byte[] body = ("x".repeat(62) + "\r\n").repeat(BODY_BYTES / 64).getBytes(ISO_8859_1);
    byte[] message = new byte[body.length + 3];
    System.arraycopy(body, 0, message, 0, body.length);
    System.arraycopy(".\r\n".getBytes(ISO_8859_1), 0, message, body.length, 3);
    List<String> envelope =
        List.of("MAIL FROM:<carol@example.test> SIZE=4096", "RCPT TO:<alice@mx.test>", "DATA");
    byte[] all = (String.join("\r\n", envelope) + "\r\n").getBytes(ISO_8859_1);
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(server);
      socket.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
      var in = new BufferedInputStream(socket.getInputStream());
      var out = socket.getOutputStream();
      out.write("EHLO client.test\r\n".getBytes(ISO_8859_1));
      readReplies(in, 2);
      for (int i = 0; i < MAILS; i++) {
        if (pipelined) {
          out.write(all);
          readReplies(in, 3);
        } else {
          for (String line : envelope) {
            out.write((line + "\r\n").getBytes(ISO_8859_1));
            readReplies(in, 1);
          }
        }
        out.write(message);
        readReplies(in, 1);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Each must be 2yz or 3yz. */
  private static void readReplies(InputStream in, int count) throws IOException {
    for (int i = 0; i < count; ) {
      var line = new StringBuilder();
      int c = in.read();
      while (c != '\n') {
        if (c < 0) {
          throw new IOException("closed after: " + line);
        }
        line.append((char) c);
        c = in.read();
      }
      assertThat(line.charAt(0)).isIn('2', '3');
      if (line.charAt(3) == ' ') {
        i++;
      }
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final class KeepsNothing implements CommitRule {
    @Override
    public CompletableFuture<CommitOutcome> commit(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body) {
      return CompletableFuture.completedFuture(new CommitOutcome.Committed(id));
    }

    @Override
    public CompletableFuture<CommitOutcome> hold(
        QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason) {
      return commit(id, envelope, targets, body);
    }
  }
}
