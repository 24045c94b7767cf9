package org.malleposte.auth;

import java.util.Optional;
import org.malleposte.auth.Authenticator.LoginOutcome;

/** {@code OAUTHBEARER} (RFC 7628): a bearer token in place of a password. */
final class OauthBearerExchange implements SaslExchange {
  private static final char SEPARATOR = '\1';
  private static final String BEARER = "bearer ";

  /** RFC 7628 §3.2.2. */
  private static final String REFUSAL = "{\"status\":\"invalid_token\"}";

  private Optional<LoginOutcome> refused = Optional.empty();

  @Override
  public SaslStep begin() {
    return new SaslStep.Challenge(new byte[0]);
  }

  @Override
  public SaslStep respond(byte[] response) {
    if (refused.isPresent()) {
      return new SaslStep.Ended(refused.get()); // the client has read why (RFC 7628 §3.2.3)
    }
    return SaslText.decode(response)
        .flatMap(OauthBearerExchange::question)
        .<SaslStep>map(SaslStep.Ask::new)
        .orElseGet(SaslStep.Malformed::new);
  }

  @Override
  public SaslStep answered(LoginAnswer answer) {
    return switch (answer) {
      case LoginAnswer.Ended(LoginOutcome.Denied denied, var _) -> {
        refused = Optional.of(denied);
        yield new SaslStep.Challenge(Digests.utf8(REFUSAL));
      }
      case LoginAnswer.Ended(var outcome, var _) -> new SaslStep.Ended(outcome);
      case LoginAnswer.Salted _, LoginAnswer.Negotiated _ ->
          throw new IllegalStateException("nobody asked for that");
    };
  }

  /** {@code n,a=login,^Ahost=...^Aport=...^Aauth=Bearer token^A^A}. */
  private static Optional<LoginQuestion> question(String text) {
    int headerEnd = text.indexOf(SEPARATOR);
    if (headerEnd < 0 || !text.endsWith("" + SEPARATOR + SEPARATOR)) {
      return Optional.empty();
    }
    String[] header = text.substring(0, headerEnd).split(",", -1);
    boolean known = header.length == 3 && header[2].isEmpty();
    if (!known || !header[0].equals("n") && !header[0].equals("y")) {
      return Optional.empty(); // channel binding is for what has a -PLUS
    }
    if (!header[1].isEmpty() && !header[1].startsWith("a=")) {
      return Optional.empty();
    }
    var actAs =
        header[1].length() > 2
            ? Optional.of(header[1].substring(2).replace("=2C", ",").replace("=3D", "="))
            : Optional.<String>empty();
    for (String pair : text.substring(headerEnd + 1).split("" + SEPARATOR)) {
      if (pair.startsWith("auth=")
          && pair.regionMatches(true, 5, BEARER, 0, BEARER.length())
          && pair.length() > 5 + BEARER.length()) {
        String token = pair.substring(5 + BEARER.length()).strip();
        return Optional.of(new LoginQuestion.Token(token, actAs));
      }
    }
    return Optional.empty();
  }
}
