package org.malleposte.account;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.malleposte.account.Credential.Encoding;

/** {SSHA512}: base 64 of SHA-512(password, salt) and the salt. */
final class SaltedSha512 {
  private static final int SALT_BYTES = 16;
  private static final int DIGEST_BYTES = 64;

  private SaltedSha512() {}

  static Credential hash(Credential readable, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] digest = digest(readable.decoded(), salt);
    byte[] both = Arrays.copyOf(digest, DIGEST_BYTES + SALT_BYTES);
    System.arraycopy(salt, 0, both, DIGEST_BYTES, SALT_BYTES);
    return new Credential(
        PasswordScheme.SSHA512, Encoding.DEFAULT, Base64.getEncoder().encodeToString(both));
  }

  /** Whether {@code hashed} is what {@link #hash} could have made of {@code readable}. */
  static boolean verify(Credential hashed, Credential readable) {
    if (hashed.scheme() != PasswordScheme.SSHA512 || hashed.encoding() != Encoding.DEFAULT) {
      return false;
    }
    byte[] both;
    try {
      both = Base64.getDecoder().decode(hashed.hash());
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (both.length != DIGEST_BYTES + SALT_BYTES) {
      return false;
    }
    byte[] salt = Arrays.copyOfRange(both, DIGEST_BYTES, both.length);
    return MessageDigest.isEqual(
        digest(readable.decoded(), salt), Arrays.copyOf(both, DIGEST_BYTES));
  }

  private static byte[] digest(byte[] password, byte[] salt) {
    try {
      var sha = MessageDigest.getInstance("SHA-512");
      sha.update(password);
      return sha.digest(salt);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
