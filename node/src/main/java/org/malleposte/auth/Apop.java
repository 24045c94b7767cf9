package org.malleposte.auth;

import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.account.Credential;

/**
 * {@code APOP} of POP3 (RFC 1939 §7): MD5 of the greeting's timestamp and the password. Needs the
 * readable password.
 *
 * @param timestamp with its angle brackets
 * @param hexDigest the client's
 */
public record Apop(String timestamp, String hexDigest) implements PasswordProof {
  @Override
  public Optional<byte[]> verify(Credential credential) {
    if (!credential.scheme().isReadable() || credential.decoded().length == 0) {
      return Optional.empty();
    }
    byte[] digest = Digests.digest("MD5", Digests.utf8(timestamp), credential.decoded());
    byte[] sent = Digests.utf8(hexDigest.toLowerCase(Locale.ROOT));
    return MessageDigest.isEqual(Digests.utf8(Digests.hex(digest)), sent)
        ? Optional.of(new byte[0])
        : Optional.empty();
  }
}
