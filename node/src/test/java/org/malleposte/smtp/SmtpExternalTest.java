package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.SaslAccounts;
import org.malleposte.tls.ClientAuthority;
import org.malleposte.tls.TestClients;

/** EXTERNAL with certificates of clients, over implicit TLS and STARTTLS. */
class SmtpExternalTest {
  @TempDir Path directory;
  @TempDir Path bodies;
  private final SaslAccounts accounts = new SaslAccounts();
  private TestClients clients;
  private SmtpHarness harness;

  @BeforeEach
  void start() throws Exception {
    clients = new TestClients(directory);
    var authority = new ClientAuthority(Optional.of(clients.authorityFile()), Optional.empty());
    harness =
        new SmtpHarness(
            bodies,
            TestLimits.transcripts(),
            1,
            new FakeCommitRule(),
            accounts.authenticator(),
            accounts.mechanisms("smtp", Optional.of(authority::trusts)),
            Optional.of(authority));
  }

  @AfterEach
  void stop() {
    harness.close();
    accounts.close();
  }

  /** What the server says to EHLO, and to EXTERNAL if it offers that. */
  private List<String> dialogue(KeyManager[] keys, boolean startTls, String identity)
      throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(keys, clients.trustAll(), null);
    int listener = startTls ? SmtpHarness.SMTP : SmtpHarness.SMTPS;
    var said = new ArrayList<String>();
    try (var socket = new Socket()) {
      socket.connect(harness.address(listener));
      socket.setSoTimeout(20_000);
      if (startTls) {
        var clear = reader(socket);
        clear.readLine();
        say(socket, "EHLO client.test");
        while (clear.readLine().startsWith("250-")) {}
        say(socket, "STARTTLS");
        clear.readLine();
      }
      var tls =
          (SSLSocket)
              context.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
      var in = reader(tls);
      if (!startTls) {
        in.readLine();
      }
      say(tls, "EHLO client.test");
      String line;
      do {
        line = in.readLine();
        said.add(line);
      } while (line.startsWith("250-"));
      say(tls, "AUTH EXTERNAL " + identity);
      said.add(in.readLine());
      tls.close();
    }
    return said;
  }

  private static BufferedReader reader(Socket socket) throws Exception {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  private static void say(Socket socket, String line) throws Exception {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Test
  void aCertificateOfOursLogsIn() throws Exception {
    for (boolean startTls : new boolean[] {false, true}) {
      var byMail = clients.issued("CN=Somebody", "alice@example.org");
      assertThat(dialogue(byMail, startTls, "=")).last().asString().startsWith("235 2.7.0");
      assertThat(dialogue(clients.issued("CN=alice"), startTls, "=").toString())
          .contains("EXTERNAL")
          .contains("235 2.7.0");
      assertThat(dialogue(byMail, startTls, "YWxpY2U=")).last().asString().startsWith("235 2.7.0");
      assertThat(dialogue(byMail, startTls, "Ym9i"))
          .as("another")
          .last()
          .asString()
          .startsWith("535 5.7.8");
    }
  }

  @Test
  void whoHasNoneIsServedAsEver() throws Exception {
    assertThat(dialogue(null, false, "=").toString())
        .contains("PLAIN")
        .doesNotContain("EXTERNAL")
        .contains("504 5.5.4");
  }

  /** Other mail servers show theirs to everybody. */
  @Test
  void aCertificateOfOthersIsNoHindrance() throws Exception {
    for (boolean startTls : new boolean[] {false, true}) {
      assertThat(dialogue(clients.selfSigned("CN=alice"), startTls, "=").toString())
          .contains("PLAIN")
          .doesNotContain("EXTERNAL")
          .contains("504 5.5.4");
    }
  }
}
