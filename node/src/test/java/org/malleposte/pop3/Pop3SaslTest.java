package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslContract;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

/** Also APOP, which is POP3's own. */
class Pop3SaslTest extends SaslContract {
  private final Pop3Server server =
      new Pop3Server(Pop3Limits.DEFAULT, accounts.authenticator(), accounts.mechanisms("pop"));

  Pop3SaslTest() {
    super(SaslDialogue.POP3, "pop", "+OK");
  }

  @AfterEach
  void stop() {
    server.close();
    accounts.close();
  }

  @Override
  protected LineClient connect(boolean tls) throws IOException {
    var client = LineClient.connect(tls ? server.implicit() : server.clear(), tls);
    client.readLine();
    return client;
  }

  @Override
  protected LineClient upgraded() throws IOException {
    var client = connect(false);
    client.writeLine("STLS");
    client.readLine();
    client.startTls();
    return client;
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
