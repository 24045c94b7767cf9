package org.malleposte.auth;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.malleposte.transcript.LineClient;

/** The mechanisms over one protocol, from clients that are not ours. */
public abstract class SaslContract {
  protected final SaslAccounts accounts = new SaslAccounts();
  private final SaslDialogue protocol;
  private final String service;
  private final String granted;

  /**
   * @param service the protocol's name in SASL
   * @param granted how the line begins that lets a client in
   */
  protected SaslContract(SaslDialogue protocol, String service, String granted) {
    this.protocol = protocol;
    this.service = service;
    this.granted = granted;
  }

  /** Greeted, and where a mechanism may be begun. */
  protected abstract LineClient connect(boolean tls) throws IOException;

  /** The same, begun in clear and encrypted since. */
  protected abstract LineClient upgraded() throws IOException;

  @Test
  void letsIn() throws Exception {
    checks(false).letsIn();
  }

  @Test
  void refuses() throws Exception {
    checks(false).refuses();
  }

  @Test
  void bindsToTls() throws Exception {
    checks(true).bindsToTls();
  }

  @Test
  void bindsToTlsThatBeganInClear() throws Exception {
    new SaslChecks(protocol, service, granted, this::upgraded).bindsToTls();
  }

  private SaslChecks checks(boolean tls) {
    return new SaslChecks(protocol, service, granted, () -> connect(tls));
  }
}
