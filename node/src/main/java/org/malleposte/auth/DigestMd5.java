package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.malleposte.account.Credential;

/**
 * What a client of {@code DIGEST-MD5} has computed (RFC 2831 §2.1.2.1), without integrity or
 * confidentiality of its own. Needs the readable password, or Dovecot's {DIGEST-MD5}.
 *
 * @param username as sent, without the realm
 * @param between {@code nonce:nc:cnonce:qop}
 * @param sessionTail {@code :nonce:cnonce} and the authorization identity, which the session's key
 *     has in it
 */
record DigestMd5(
    String username,
    String realm,
    String between,
    String sessionTail,
    String uri,
    String hexResponse)
    implements PasswordProof {
  private static final String ALGORITHM = "MD5";

  @Override
  public Optional<byte[]> verify(Credential credential) {
    byte[] sent = Digests.utf8(hexResponse);
    return secrets(credential).stream()
        .filter(
            secret ->
                MessageDigest.isEqual(Digests.utf8(response(secret, "AUTHENTICATE:" + uri)), sent))
        .findFirst()
        .map(secret -> Digests.utf8("rspauth=" + response(secret, ":" + uri)));
  }

  private List<byte[]> secrets(Credential credential) {
    return switch (credential.scheme()) {
      case PLAIN, CLEARTEXT -> {
        String password = new String(credential.decoded(), StandardCharsets.UTF_8);
        yield password.isEmpty()
            ? List.of()
            : List.of(
                secret(latin(username), latin(realm), latin(password)),
                // As clients do that do not know that rule.
                secret(Digests.utf8(username), Digests.utf8(realm), Digests.utf8(password)));
      }
      case DIGEST_MD5 -> List.of(credential.decoded());
      default -> List.of();
    };
  }

  private String response(byte[] secret, String a2) {
    byte[] sessionKey = Digests.digest(ALGORITHM, secret, Digests.utf8(sessionTail));
    String hashed =
        Digests.hex(sessionKey)
            + ":"
            + between
            + ":"
            + Digests.hex(Digests.digest(ALGORITHM, Digests.utf8(a2)));
    return Digests.hex(Digests.digest(ALGORITHM, Digests.utf8(hashed)));
  }

  /** Of an account, as Dovecot makes it: what stands behind the last {@code @} is the realm. */
  static byte[] secret(String account, String password) {
    int at = account.lastIndexOf('@');
    String user = at < 0 ? account : account.substring(0, at);
    String realm = at < 0 ? "" : account.substring(at + 1);
    return secret(Digests.utf8(user), Digests.utf8(realm), Digests.utf8(password));
  }

  private static byte[] secret(byte[] username, byte[] realm, byte[] password) {
    byte[] colon = {':'};
    return Digests.digest(ALGORITHM, username, colon, realm, colon, password);
  }

  /** ISO 8859-1 where that has all the characters (RFC 2831 §2.1.2.1), though sent as UTF-8. */
  private static byte[] latin(String text) {
    return StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)
        ? text.getBytes(StandardCharsets.ISO_8859_1)
        : Digests.utf8(text);
  }

  @Override
  public String toString() {
    return "DigestMd5[" + username + "]";
  }
}
