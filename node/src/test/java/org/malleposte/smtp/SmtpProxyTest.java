package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.transcript.LineClient;

/** Behind a balancer that speaks the PROXY protocol, versions 1 and 2. */
class SmtpProxyTest {
  @TempDir Path directory;
  private final List<String> clients = new CopyOnWriteArrayList<>();
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new SmtpHarness(directory, SmtpLimits.defaults());
    harness.router.connect =
        peer -> {
          clients.add(peer.address());
          return new Verdict.Pass();
        };
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private String greeting(int listener, byte[] first) throws Exception {
    try (var client = LineClient.connect(harness.address(listener), false)) {
      client.write(first);
      return client.readLine();
    }
  }

  @Test
  void theClientIsWhomTheHeaderNames() throws Exception {
    byte[] text = "PROXY TCP4 203.0.113.7 192.0.2.1 4444 25\r\n".getBytes(US_ASCII);
    assertThat(greeting(SmtpHarness.PROXIED, text)).startsWith("220 ");
    text = "PROXY TCP6 2001:db8::7 2001:db8::1 4444 25\r\n".getBytes(US_ASCII);
    assertThat(greeting(SmtpHarness.PROXIED, text)).startsWith("220 ");
    assertThat(greeting(SmtpHarness.PROXIED, version2("203.0.113.8"))).startsWith("220 ");
    assertThat(clients).containsExactly("203.0.113.7", "2001:db8:0:0:0:0:0:7", "203.0.113.8");
  }

  @Test
  void withoutAHeaderNobodyIsServed() throws Exception {
    assertThat(greeting(SmtpHarness.PROXIED, "EHLO client.test\r\n".getBytes(US_ASCII))).isNull();
    // It would be the balancer itself, from loopback.
    assertThat(greeting(SmtpHarness.PROXIED, "PROXY UNKNOWN\r\n".getBytes(US_ASCII))).isNull();
    assertThat(greeting(SmtpHarness.PROXIED, "PROXY nonsense\r\n".getBytes(US_ASCII))).isNull();
    assertThat(clients).isEmpty();
  }

  @Test
  void whoIsNoBalancerCannotClaimAnAddress() throws Exception {
    byte[] text = "PROXY TCP4 127.0.0.1 192.0.2.1 4444 25\r\n".getBytes(US_ASCII);
    assertThat(greeting(SmtpHarness.NOT_PROXIED, text)).isNull();
    assertThat(clients).isEmpty();
    await().until(() -> harness.count("connections", "no_proxy") == 1);
  }

  /** A binary header: PROXY, TCP over IPv4. */
  private static byte[] version2(String source) throws Exception {
    var header = new ByteArrayOutputStream();
    header.writeBytes(
        new byte[] {0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 'Q', 'U', 'I', 'T', 0x0a, 0x21, 0x11});
    header.writeBytes(new byte[] {0, 12});
    header.writeBytes(InetAddress.ofLiteral(source).getAddress());
    header.writeBytes(InetAddress.ofLiteral("192.0.2.1").getAddress());
    header.writeBytes(new byte[] {0x11, 0x5c, 0, 25});
    return header.toByteArray();
  }
}
