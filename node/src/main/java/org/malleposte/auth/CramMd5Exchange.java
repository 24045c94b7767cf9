package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.malleposte.account.Credential;

/** {@code CRAM-MD5} (RFC 2195). Needs the readable password, or Dovecot's {CRAM-MD5}. */
final class CramMd5Exchange implements SaslExchange {
  private final String challenge;
  private boolean challenged;

  /**
   * @param challenge {@code <unique@host>}
   */
  CramMd5Exchange(String challenge) {
    this.challenge = challenge;
  }

  @Override
  public SaslStep begin() {
    challenged = true;
    return new SaslStep.Challenge(Digests.utf8(challenge));
  }

  @Override
  public SaslStep respond(byte[] response) {
    if (!challenged) {
      return new SaslStep.Malformed(); // the server speaks first: RFC 4954 §4
    }
    var text = SaslText.decode(response);
    int space = text.map(t -> t.lastIndexOf(' ')).orElse(-1);
    if (space < 1) {
      return new SaslStep.Malformed();
    }
    byte[] digest = Digests.utf8(text.get().substring(space + 1));
    return new SaslStep.Ask(
        new LoginQuestion.Proof(
            text.get().substring(0, space),
            credential -> verify(credential, Digests.utf8(challenge), digest)));
  }

  private static Optional<byte[]> verify(Credential stored, byte[] challenge, byte[] hexDigest) {
    return context(stored)
        .map(context -> Digests.utf8(Digests.hex(context.answer(challenge))))
        .filter(expected -> MessageDigest.isEqual(expected, hexDigest))
        .map(_ -> new byte[0]);
  }

  private static Optional<CramMd5Context> context(Credential stored) {
    return switch (stored.scheme()) {
      case PLAIN, CLEARTEXT ->
          stored.decoded().length == 0
              ? Optional.empty()
              : Optional.of(CramMd5Context.of(stored.decoded()));
      case CRAM_MD5, HMAC_MD5 ->
          Optional.of(CramMd5Context.parse(new String(stored.decoded(), StandardCharsets.UTF_8)));
      default -> Optional.empty();
    };
  }
}
