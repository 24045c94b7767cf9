package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslAccounts;
import org.malleposte.auth.SaslChecks;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

/** The mechanisms over POP3, from clients that are not ours. */
class Pop3SaslTest {
  private final SaslAccounts accounts = new SaslAccounts();
  private final Pop3Server server =
      new Pop3Server(Pop3Limits.DEFAULT, accounts.authenticator(), accounts.mechanisms("pop"));

  @AfterEach
  void stop() {
    server.close();
    accounts.close();
  }

  private SaslChecks over(boolean tls) {
    return new SaslChecks(SaslDialogue.POP3, "pop", "+OK", () -> connect(tls));
  }

  private LineClient connect(boolean tls) throws IOException {
    var client = LineClient.connect(tls ? server.implicit() : server.clear(), tls);
    client.readLine();
    return client;
  }

  @Test
  void letsIn() throws Exception {
    over(false).letsIn();
  }

  @Test
  void refuses() throws Exception {
    over(false).refuses();
  }

  @Test
  void bindsToTls() throws Exception {
    over(true).bindsToTls();
  }

  @Test
  void bindsToTlsThatBeganWithStls() throws Exception {
    new SaslChecks(
            SaslDialogue.POP3,
            "pop",
            "+OK",
            () -> {
              var client = connect(false);
              client.writeLine("STLS");
              client.readLine();
              client.startTls();
              return client;
            })
        .bindsToTls();
  }

  @Test
  void apopTakesTheTimestampOfTheGreeting() throws Exception {
    assertThat(apop("alice", "secret")).startsWith("+OK");
    assertThat(apop("alice", "wrong")).startsWith("-ERR [AUTH]");
    assertThat(apop("bob", "secret")).startsWith("-ERR [AUTH]"); // needs the readable password
    assertThat(apop("nobody", "secret")).startsWith("-ERR [AUTH]");
  }

  private String apop(String login, String password) throws IOException, GeneralSecurityException {
    try (var client = LineClient.connect(server.clear(), false)) {
      String greeting = client.readLine();
      String timestamp = greeting.substring(greeting.indexOf('<'));
      byte[] digest =
          MessageDigest.getInstance("MD5")
              .digest((timestamp + password).getBytes(StandardCharsets.UTF_8));
      client.writeLine("APOP " + login + " " + HexFormat.of().formatHex(digest));
      return client.readLine();
    }
  }
}
