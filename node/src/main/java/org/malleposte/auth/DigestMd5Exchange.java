package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.auth.Authenticator.LoginOutcome;

/**
 * {@code DIGEST-MD5} (RFC 2831), made historic by RFC 6331 and kept for old clients. Each nonce is
 * good once; there is no security layer of its own.
 */
final class DigestMd5Exchange implements SaslExchange {
  /** One {@code key=value} or {@code key="value"}, and the comma behind it. */
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "[\\s,]*([A-Za-z-]{1,32})\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]*+))\\s*(?:,|$)",
          Pattern.DOTALL);

  private static final int DIRECTIVES_MAX = 32;

  private sealed interface State {
    record Begun() implements State {}

    record Challenged() implements State {}

    record Asked() implements State {}

    record Proven(LoginOutcome outcome) implements State {}
  }

  private final String service;
  private final String nonce;
  private State state = new State.Begun();

  /**
   * @param service of the digest-uri: smtp, imap, pop
   * @param nonce never used before
   */
  DigestMd5Exchange(String service, String nonce) {
    this.service = service;
    this.nonce = nonce;
  }

  /** As Dovecot has it without realms: an empty one, or Cyrus SASL would take the host's name. */
  @Override
  public SaslStep begin() {
    state = new State.Challenged();
    return new SaslStep.Challenge(
        Digests.utf8(
            "realm=\"\",nonce=\"" + nonce + "\",qop=\"auth\",charset=utf-8,algorithm=md5-sess"));
  }

  @Override
  public SaslStep respond(byte[] response) {
    return switch (state) {
      case State.Begun _ -> new SaslStep.Malformed(); // the server speaks first
      case State.Challenged _ ->
          proof(response)
              .<SaslStep>map(
                  proof -> {
                    state = new State.Asked();
                    return new SaslStep.Ask(new LoginQuestion.Proof(login(proof), proof));
                  })
              .orElseGet(SaslStep.Malformed::new);
      case State.Proven(var outcome) ->
          response.length == 0 ? new SaslStep.Ended(outcome) : new SaslStep.Malformed();
      case State.Asked _ -> throw new IllegalStateException("a response that nobody asked for");
    };
  }

  @Override
  public SaslStep answered(LoginAnswer answer) {
    return switch (answer) {
      case LoginAnswer.Ended(LoginOutcome.Granted granted, byte[] proof) -> {
        state = new State.Proven(granted);
        yield new SaslStep.Challenge(proof);
      }
      case LoginAnswer.Ended(var outcome, var _) -> new SaslStep.Ended(outcome);
      case LoginAnswer.Salted _, LoginAnswer.Negotiated _ ->
          throw new IllegalStateException("nobody asked for that");
    };
  }

  private static String login(DigestMd5 proof) {
    return proof.realm().isEmpty() || proof.username().contains("@")
        ? proof.username()
        : proof.username() + "@" + proof.realm();
  }

  private Optional<DigestMd5> proof(byte[] response) {
    return text(response).flatMap(DigestMd5Exchange::directives).flatMap(this::proof);
  }

  private Optional<DigestMd5> proof(Map<String, String> sent) {
    String username = sent.getOrDefault("username", "");
    String cnonce = sent.getOrDefault("cnonce", "");
    String uri = sent.getOrDefault("digest-uri", "");
    String act = sent.getOrDefault("authzid", "");
    boolean valid =
        !username.isEmpty()
            && sent.getOrDefault("nonce", "").equals(nonce)
            && !cnonce.isEmpty()
            && sent.getOrDefault("nc", "").equals("00000001")
            && sent.getOrDefault("qop", "auth").equals("auth")
            && uri.startsWith(service + "/")
            && sent.getOrDefault("response", "").length() == 32
            && (act.isEmpty() || act.equals(username)); // nobody acts for another
    if (!valid) {
      return Optional.empty();
    }
    return Optional.of(
        new DigestMd5(
            username,
            sent.getOrDefault("realm", ""),
            nonce + ":00000001:" + cnonce + ":auth",
            ":" + nonce + ":" + cnonce + (act.isEmpty() ? "" : ":" + act),
            uri,
            sent.get("response")));
  }

  /** UTF-8 if the client says so, else ISO 8859-1. */
  private static Optional<String> text(byte[] response) {
    String latin = new String(response, StandardCharsets.ISO_8859_1);
    return latin.contains("charset=")
        ? SaslText.decode(response)
        : Optional.of(latin).filter(t -> t.indexOf('\0') < 0);
  }

  /** Empty when it is no list of directives, or has one of them twice. */
  private static Optional<Map<String, String>> directives(String text) {
    var found = new HashMap<String, String>();
    Matcher matcher = DIRECTIVE.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find() || matcher.start() != end || found.size() >= DIRECTIVES_MAX) {
        return Optional.empty();
      }
      end = matcher.end();
      String value =
          matcher.group(2) == null
              ? matcher.group(3)
              : matcher.group(2).replaceAll("(?s)\\\\(.)", "$1");
      if (found.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }
}
