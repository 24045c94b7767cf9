package org.malleposte.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.demo.DemoCluster;
import org.malleposte.interop.RealNode;

/**
 * What {@code testssl} looks at, asked of a running node on each of its ways into TLS, with an EC
 * key and with an RSA key.
 */
class TlsConformanceTest {
  private static final List<String> SMTP = List.of("", "220", "EHLO x", "250 ", "STARTTLS", "220");

  @TempDir static Path directory;
  @AutoClose private static RealNode ec;
  @AutoClose private static RealNode rsa;

  /**
   * @param dialogue what is said in clear before: a line, the beginning of its last answer, ...
   */
  record Way(String name, RealNode node, int port, List<String> dialogue) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    int port = DemoCluster.freePorts(2 * RealNode.PORTS);
    ec = new RealNode(directory.resolve("ec"), port, List.of(), 1).start();
    var pair = new TestAuthority("ca").issue(directory, "mx1.example.org", "RSA");
    rsa = new RealNode(directory.resolve("rsa"), port + RealNode.PORTS, List.of(), 1);
    rsa.configure("tls: {certificate: '%s', key: '%s'}".formatted(pair.certificate(), pair.key()))
        .start();
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way("SMTP", ec, ec.smtp(), SMTP),
        new Way("SMTP, RSA", rsa, rsa.smtp(), SMTP),
        new Way("submission", ec, ec.submission(), SMTP),
        new Way("submissions", ec, ec.submissions(), List.of()),
        new Way("submissions, RSA", rsa, rsa.submissions(), List.of()),
        new Way("LMTP", ec, ec.lmtp(), List.of("", "220", "LHLO x", "250 ", "STARTTLS", "220")),
        new Way("IMAP", ec, ec.imap(), List.of("", "* OK", "a STARTTLS", "a OK")),
        new Way("IMAPS", ec, ec.imaps(), List.of()),
        new Way("POP3", ec, ec.pop3(), List.of("", "+OK", "STLS", "+OK")),
        new Way("POP3S", ec, ec.pop3s(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void takesOnlySuitesWithForwardSecrecyAndAead(Way way) throws Exception {
    String key = way.node() == rsa ? "RSA" : "ECDSA";
    assertThat(accepted(way, "TLSv1.2"))
        .containsExactlyInAnyOrderElementsOf(
            TlsContexts.CIPHER_SUITES.stream().filter(s -> s.contains("_" + key + "_")).toList());
    assertThat(accepted(way, "TLSv1.3"))
        .containsExactlyInAnyOrder(
            "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");
  }

  /** One after another is taken from the offer. */
  private static List<String> accepted(Way way, String protocol) throws Exception {
    var offer =
        new ArrayList<>(Arrays.asList(context().getSupportedSSLParameters().getCipherSuites()));
    offer.removeIf(suite -> suite.equals("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"));
    var accepted = new ArrayList<String>();
    while (!offer.isEmpty()) {
      try (var socket = open(way, protocol, offer)) {
        socket.startHandshake();
        accepted.add(socket.getSession().getCipherSuite());
        offer.remove(socket.getSession().getCipherSuite());
      } catch (SSLException e) {
        return accepted;
      }
    }
    return accepted;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingBelowTls12(Way way) throws Exception {
    // The JDK's client does not speak them any more.
    for (byte minor : new byte[] {0, 1, 2}) {
      try (var socket = inClear(way)) {
        socket.getOutputStream().write(clientHello(minor));
        byte[] alert = socket.getInputStream().readNBytes(7);
        assertThat(alert).startsWith(21, 3).endsWith(0, 2, 2, 70); // fatal, protocol_version
      }
    }
  }

  /** SSL 3.0, TLS 1.0 or 1.1, with suites of that time. */
  private static byte[] clientHello(byte minor) {
    byte[] head = {22, 3, minor, 0, 49, 1, 0, 0, 45, 3, minor};
    byte[] tail = {0, 0, 6, (byte) 0xc0, 0x13, (byte) 0xc0, 0x09, 0, 0x2f, 1, 0};
    return ByteBuffer.allocate(54).put(head).position(43).put(tail).array();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aClientCannotNegotiateAnew(Way way) throws Exception {
    try (var socket = open(way, "TLSv1.2", List.of())) {
      socket.startHandshake();
      socket.startHandshake();
      socket.getOutputStream().write("NOOP\r\n".getBytes(ISO_8859_1));
      // An alert; a time-out would say that it was done.
      assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("handshake_failure");
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aClientCanResume(Way way) throws Exception {
    var context = context();
    byte[] first = session(context, way);
    assertThat(first).isNotEmpty();
    assertThat(session(context, way)).isEqualTo(first);
  }

  private static byte[] session(SSLContext context, Way way) throws Exception {
    try (var socket = open(context, way)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      return socket.getSession().getId();
    }
  }

  private static SSLContext context() throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnyone()}, null);
    return context;
  }

  private static SSLSocket open(Way way, String protocol, List<String> suites) throws Exception {
    var socket = open(context(), way);
    socket.setEnabledProtocols(new String[] {protocol});
    if (!suites.isEmpty()) {
      socket.setEnabledCipherSuites(suites.toArray(String[]::new));
    }
    return socket;
  }

  /** Before the handshake. */
  private static SSLSocket open(SSLContext context, Way way) throws Exception {
    return (SSLSocket)
        context.getSocketFactory().createSocket(inClear(way), "127.0.0.1", way.port(), true);
  }

  private static Socket inClear(Way way) throws IOException {
    var clear = new Socket(InetAddress.getLoopbackAddress(), way.port());
    clear.setSoTimeout(20_000);
    for (int i = 0; i < way.dialogue().size(); i += 2) {
      String line = way.dialogue().get(i);
      clear.getOutputStream().write((line.isEmpty() ? "" : line + "\r\n").getBytes(ISO_8859_1));
      String answer = readLine(clear);
      while (answer.startsWith("250-")) {
        answer = readLine(clear);
      }
      assertThat(answer).startsWith(way.dialogue().get(i + 1));
    }
    return clear;
  }

  private static String readLine(Socket socket) throws IOException {
    var line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("closed after " + line);
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }
}
