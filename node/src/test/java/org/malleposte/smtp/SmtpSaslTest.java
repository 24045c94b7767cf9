package org.malleposte.smtp;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.SaslContract;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

class SmtpSaslTest extends SaslContract {
  @TempDir Path directory;
  private SmtpHarness harness;

  SmtpSaslTest() {
    super(SaslDialogue.SMTP, "smtp", "235 2.7.0");
  }

  @BeforeEach
  void start() throws Exception {
    harness =
        new SmtpHarness(
            directory,
            TestLimits.transcripts(),
            1,
            new FakeCommitRule(),
            accounts.authenticator(),
            accounts.mechanisms("smtp"));
  }

  @AfterEach
  void stop() {
    harness.close();
    accounts.close();
  }

  @Override
  protected LineClient connect(boolean tls) throws IOException {
    int listener = tls ? SmtpHarness.SMTPS : SmtpHarness.SMTP;
    var client = LineClient.connect(harness.address(listener), tls);
    client.readLine();
    return hello(client);
  }

  @Override
  protected LineClient upgraded() throws IOException {
    var client = connect(false);
    client.writeLine("STARTTLS");
    client.readLine();
    client.startTls();
    return hello(client);
  }

  private static LineClient hello(LineClient client) throws IOException {
    client.writeLine("EHLO client.test");
    while (client.readLine().startsWith("250-")) {}
    return client;
  }
}
