package org.malleposte.smtp;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.SaslAccounts;
import org.malleposte.auth.SaslChecks;
import org.malleposte.auth.SaslDialogue;
import org.malleposte.transcript.LineClient;

/** The mechanisms over SMTP, from clients that are not ours. */
class SmtpSaslTest {
  @TempDir Path directory;
  private final SaslAccounts accounts = new SaslAccounts();
  private SmtpHarness harness;

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

  private SaslChecks over(int listener) {
    return new SaslChecks(SaslDialogue.SMTP, "smtp", "235 2.7.0", () -> connect(listener));
  }

  private LineClient connect(int listener) throws IOException {
    var client = LineClient.connect(harness.address(listener), listener == SmtpHarness.SMTPS);
    client.readLine();
    client.writeLine("EHLO client.test");
    while (client.readLine().startsWith("250-")) {}
    return client;
  }

  @Test
  void letsIn() throws Exception {
    over(SmtpHarness.SMTP).letsIn();
  }

  @Test
  void refuses() throws Exception {
    over(SmtpHarness.SMTP).refuses();
  }

  @Test
  void bindsToTls() throws Exception {
    over(SmtpHarness.SMTPS).bindsToTls();
  }

  @Test
  void bindsToTlsThatBeganWithStartTls() throws Exception {
    new SaslChecks(SaslDialogue.SMTP, "smtp", "235 2.7.0", this::upgraded).bindsToTls();
  }

  private LineClient upgraded() throws IOException {
    var client = connect(SmtpHarness.SMTP);
    client.writeLine("STARTTLS");
    client.readLine();
    client.startTls();
    client.writeLine("EHLO client.test");
    while (client.readLine().startsWith("250-")) {}
    return client;
  }
}
