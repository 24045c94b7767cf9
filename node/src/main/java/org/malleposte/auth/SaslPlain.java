package org.malleposte.auth;

import java.nio.charset.StandardCharsets;

/**
 * {@code PLAIN} (RFC 4616): authorization identity, NUL, login, NUL, password. An authorization
 * identity other than the login is refused: nobody acts for another here.
 */
final class SaslPlain implements SaslExchange {
  @Override
  public SaslStep begin() {
    return new SaslStep.Challenge(new byte[0]);
  }

  @Override
  public SaslStep respond(byte[] response) {
    String text = new String(response, StandardCharsets.UTF_8);
    int first = text.indexOf('\0');
    int second = text.indexOf('\0', first + 1);
    if (first < 0 || second < 0 || text.indexOf('\0', second + 1) >= 0) {
      return new SaslStep.Malformed();
    }
    String acting = text.substring(0, first);
    String login = text.substring(first + 1, second);
    String password = text.substring(second + 1);
    boolean other = !acting.isEmpty() && !acting.equals(login);
    if (other || login.isEmpty() || password.isEmpty()) {
      return new SaslStep.Malformed();
    }
    return new SaslStep.Ask(new LoginQuestion.Password(login, password));
  }
}
