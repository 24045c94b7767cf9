package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code LOGIN}, never standardised (draft-murchison-sasl-login): old mail programs know no other.
 */
final class SaslLogin implements SaslExchange {
  private Optional<String> login = Optional.empty();

  @Override
  public SaslStep begin() {
    return challenge("Username:");
  }

  @Override
  public SaslStep respond(byte[] response) {
    String text = new String(response, StandardCharsets.UTF_8);
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      return new SaslStep.Malformed();
    }
    if (login.isEmpty()) {
      login = Optional.of(text);
      return challenge("Password:");
    }
    return new SaslStep.Ask(new LoginQuestion.Password(login.get(), text));
  }

  private static SaslStep challenge(String text) {
    return new SaslStep.Challenge(text.getBytes(StandardCharsets.US_ASCII));
  }
}
