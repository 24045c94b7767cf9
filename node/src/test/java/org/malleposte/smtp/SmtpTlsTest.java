package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.transcript.LineClient;

/** STARTTLS at the edges, where in clear and encrypted meet. */
class SmtpTlsTest {
  @TempDir Path directory;
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new SmtpHarness(directory, TestLimits.quick(java.time.Duration.ofSeconds(5)), 2);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void aClientMaySendItsFirstCommandWithTheEndOfTheHandshake() throws Exception {
    for (int i = 0; i < 30; i++) {
      try (var socket = new Socket()) {
        socket.connect(harness.address(SmtpHarness.SMTP));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("EHLO client.test\r\nSTARTTLS\r\n".getBytes(ISO_8859_1));
        readUntil(socket, "220 2.0.0");
        assertThat(handshakeAndSay(socket, "EHLO client.test\r\n")).startsWith("250-mx.test");
      }
    }
    assertThat(harness.count("tls", "injected")).isZero();
  }

  @Test
  void nothingInClearBehindStartTlsIsEverExecuted() throws Exception {
    var seen = new HashSet<String>();
    for (int i = 0; i < 60; i++) {
      try (var client = LineClient.connect(harness.address(SmtpHarness.SMTP), false)) {
        client.readLine();
        client.writeLine("EHLO client.test");
        String line = client.readLine();
        while (line.startsWith("250-")) {
          line = client.readLine();
        }
        client.writeLine("STARTTLS");
        try {
          // A second packet: sooner or later than the server's turn to TLS.
          if (i % 3 > 0) {
            line = client.readLine();
            assertThat(line).startsWith("220");
          }
          client.writeLine("MAIL FROM:<evil@example.test>");
          client.startTls();
          client.writeLine("EHLO client.test");
          line = client.readLine();
          assertThat(line).isNull();
          seen.add("closed");
        } catch (IOException e) {
          seen.add("handshake failed");
        }
      }
    }
    assertThat(seen).isNotEmpty();
    await().untilAsserted(() -> assertThat(harness.server.connections().open()).isZero());
    assertThat(harness.count("tls", "started")).isZero();
  }

  @Test
  void aHandshakeThatDoesNotEndIsCut() throws Exception {
    var quick = TestLimits.quick(java.time.Duration.ofMillis(300));
    try (var hasty = new SmtpHarness(directory, quick);
        var starting = LineClient.connect(hasty.address(SmtpHarness.SMTP), false);
        var implicit = LineClient.connect(hasty.address(SmtpHarness.SMTPS), false)) {
      starting.readLine();
      starting.writeLine("EHLO client.test\r\nSTARTTLS");
      String line = starting.readLine();
      while (line != null) {
        line = starting.readLine();
      }
      assertThat(implicit.readLine()).isNull();
      await().until(() -> hasty.count("tls", "failed") == 2);
      await().until(() -> hasty.server.connections().open() == 0);
    }
  }

  @Test
  void instancesShareThePortsThatTheSystemChose() throws Exception {
    assertThat(harness.server.ports()).hasSize(8).doesNotHaveDuplicates().allMatch(p -> p > 0);
    for (int i = 0; i < 6; i++) {
      try (var dialogue = SmtpDialogue.open(harness.address(SmtpHarness.SMTP))) {
        assertThat(dialogue.say("NOOP")).startsWith("250");
      }
    }
  }

  private static void readUntil(Socket socket, String prefix) throws IOException {
    var line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read()) {
      line.append((char) c);
      if (c == '\n') {
        if (line.toString().startsWith(prefix)) {
          return;
        }
        line.setLength(0);
      }
    }
    throw new IOException("closed before " + prefix);
  }

  /**
   * The last flight of the handshake and {@code text} in one packet; the beginning of the answer.
   */
  private static String handshakeAndSay(Socket socket, String text) throws Exception {
    SSLEngine engine = clientEngine();
    var in = ByteBuffer.allocate(65_536).flip();
    var out = ByteBuffer.allocate(65_536);
    var plain = ByteBuffer.allocate(65_536);
    var none = ByteBuffer.allocate(0);
    engine.beginHandshake();
    boolean said = false;
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        engine.wrap(none, out);
      } else if (status == HandshakeStatus.NEED_UNWRAP || said) {
        send(socket, out);
        receive(socket, engine, in, plain);
        if (plain.position() > 10) {
          return new String(plain.array(), 0, plain.position(), ISO_8859_1);
        }
      } else {
        engine.wrap(ByteBuffer.wrap(text.getBytes(ISO_8859_1)), out);
        said = true;
      }
    }
  }

  private static void send(Socket socket, ByteBuffer out) throws IOException {
    socket.getOutputStream().write(out.array(), 0, out.position());
    out.clear();
  }

  private static void receive(Socket socket, SSLEngine engine, ByteBuffer in, ByteBuffer plain)
      throws IOException {
    int before = in.remaining();
    var result = engine.unwrap(in, plain);
    if (result.bytesConsumed() > 0 || result.bytesProduced() > 0) {
      return;
    }
    in.compact();
    int count = socket.getInputStream().read(in.array(), in.position(), in.remaining());
    if (count < 0) {
      throw new IOException("closed, " + before + " bytes left");
    }
    in.position(in.position() + count).flip();
  }

  private static SSLEngine clientEngine() throws Exception {
    var context = SSLContext.getInstance("TLSv1.3");
    var trustAll =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {trustAll}, new SecureRandom());
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    return engine;
  }
}
