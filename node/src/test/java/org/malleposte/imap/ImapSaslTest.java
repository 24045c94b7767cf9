package org.malleposte.imap;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslAccounts;
import org.malleposte.auth.SaslChecks;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

/** The mechanisms over IMAP, from clients that are not ours. */
class ImapSaslTest {
  private final SaslAccounts accounts = new SaslAccounts();
  private final ImapFixture server =
      ImapFixture.start(accounts.authenticator(), accounts.mechanisms("imap"));

  @AfterEach
  void stop() {
    server.close();
    accounts.close();
  }

  private SaslChecks over(boolean tls) {
    return new SaslChecks(SaslDialogue.IMAP, "imap", "t OK", () -> connect(tls));
  }

  private LineClient connect(boolean tls) throws IOException {
    var client = LineClient.connect(server.address(tls), tls);
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
  void bindsToTlsThatBeganWithStartTls() throws Exception {
    new SaslChecks(
            SaslDialogue.IMAP,
            "imap",
            "t OK",
            () -> {
              var client = connect(false);
              client.writeLine("s STARTTLS");
              client.readLine();
              client.startTls();
              return client;
            })
        .bindsToTls();
  }
}
