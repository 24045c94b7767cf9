package org.malleposte.imap;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.malleposte.auth.SaslContract;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

class ImapSaslTest extends SaslContract {
  private final ImapFixture server =
      ImapFixture.start(accounts.authenticator(), accounts.mechanisms("imap"));

  ImapSaslTest() {
    super(SaslDialogue.IMAP, "imap", "t OK");
  }

  @AfterEach
  void stop() {
    server.close();
    accounts.close();
  }

  @Override
  protected LineClient connect(boolean tls) throws IOException {
    var client = LineClient.connect(server.address(tls), tls);
    client.readLine();
    return client;
  }

  @Override
  protected LineClient upgraded() throws IOException {
    var client = connect(false);
    client.writeLine("s STARTTLS");
    client.readLine();
    client.startTls();
    return client;
  }
}
