package org.malleposte.auth;

import java.util.List;
import java.util.Optional;

/**
 * {@code EXTERNAL} (RFC 4422 appendix A): TLS has seen who it is. The response is empty, or the
 * login as which the client wants to act.
 */
final class ExternalExchange implements SaslExchange {
  private final List<String> logins;

  /**
   * @param logins of the certificate, verified
   */
  ExternalExchange(List<String> logins) {
    this.logins = logins;
  }

  @Override
  public SaslStep begin() {
    return new SaslStep.Challenge(new byte[0]);
  }

  @Override
  public SaslStep respond(byte[] response) {
    return SaslText.decode(response)
        .<SaslStep>map(
            text ->
                new SaslStep.Ask(
                    new LoginQuestion.Holder(
                        logins, text.isEmpty() ? Optional.empty() : Optional.of(text))))
        .orElseGet(SaslStep.Malformed::new);
  }
}
