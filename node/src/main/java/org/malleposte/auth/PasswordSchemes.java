package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.apache.commons.codec.digest.Crypt;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswordScheme;

/**
 * Checks passwords against all schemes and makes new hashes. Costs milliseconds to a second of CPU
 * by intent: not for an event loop. Thread-safe.
 *
 * <p>New hashes are {SCRAM-SHA-256}, not {ARGON2ID}. A node serves logins beside the mail on a
 * small machine: Argon2 takes 64 MiB and several times the CPU for each check, and a heap of 512
 * MiB does not stand a handful of clients that log in at once; PBKDF2 has an intrinsic in the JDK,
 * takes no memory, and its result also serves SASL SCRAM, where the password never crosses the
 * wire. Who wants {ARGON2ID} brings such a hash from {@code doveadm pw}; it is checked.
 */
public final class PasswordSchemes {
  /** Four times the least of RFC 7677 §4; 20 to 70 ms on one core of a small machine. */
  public static final int ITERATIONS = 16_384;

  /** Longer ones are refused before anything is computed. */
  public static final int MAX_PASSWORD_CHARACTERS = 1024;

  private static final int SALT_BYTES = 16;

  private final RandomGenerator random;

  /**
   * @param random for salts
   */
  public PasswordSchemes(RandomGenerator random) {
    this.random = random;
  }

  /** Whether {@link #verify} and {@link #hash} take it. */
  public static boolean isAcceptable(String password) {
    return !password.isEmpty()
        && password.length() <= MAX_PASSWORD_CHARACTERS
        && password.indexOf(0) < 0; // crypt(3) would end there
  }

  /**
   * A new hash.
   *
   * @throws IllegalArgumentException for a password that is empty, too long or has a NUL in it
   */
  public Credential hash(String password) {
    if (!isAcceptable(password)) {
      throw new IllegalArgumentException(
          "a password must have 1 to " + MAX_PASSWORD_CHARACTERS + " characters and no NUL");
    }
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return ScramSecret.derive(ScramHash.SHA_256, password, salt, ITERATIONS).credential();
  }

  /** Whether a new hash would be no better. */
  static boolean isCurrent(Credential credential) {
    try {
      return ScramSecret.of(credential, ScramHash.SHA_256)
          .filter(secret -> secret.iterations() >= ITERATIONS)
          .isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Whether the password fits. A broken hash fits none.
   *
   * @param name of the account: some hashes have it in them
   */
  public boolean verify(Credential credential, String name, String password) {
    if (!isAcceptable(password)) {
      return false;
    }
    byte[] decoded = credential.decoded();
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    try {
      return switch (credential.scheme()) {
        case PLAIN, CLEARTEXT -> MessageDigest.isEqual(decoded, bytes);
        case CRYPT, MD5_CRYPT, SHA256_CRYPT, SHA512_CRYPT, BLF_CRYPT ->
            verifyCrypt(text(decoded), bytes);
        case ARGON2I, ARGON2ID -> Argon2.parse(text(decoded)).verify(bytes);
        case PBKDF2 -> verifyPbkdf2(text(decoded), password);
        case SCRAM_SHA_1 -> verifyScram(credential, ScramHash.SHA_1, password);
        case SCRAM_SHA_256 -> verifyScram(credential, ScramHash.SHA_256, password);
        case CRAM_MD5, HMAC_MD5 ->
            CramMd5Context.parse(text(decoded)).equals(CramMd5Context.of(bytes));
        case DIGEST_MD5 -> MessageDigest.isEqual(decoded, DigestMd5.secret(name, password));
        case PLAIN_MD5, LDAP_MD5, SMD5 -> verifyDigest("MD5", credential.scheme(), decoded, bytes);
        case SHA, SHA1, SSHA -> verifyDigest("SHA-1", credential.scheme(), decoded, bytes);
        case SHA256, SSHA256 -> verifyDigest("SHA-256", credential.scheme(), decoded, bytes);
        case SHA512, SSHA512 -> verifyDigest("SHA-512", credential.scheme(), decoded, bytes);
      };
    } catch (IllegalArgumentException e) {
      return false; // a hash of the right shape with nonsense in it
    }
  }

  private static String text(byte[] decoded) {
    return new String(decoded, StandardCharsets.UTF_8);
  }

  private static boolean verifyCrypt(String hash, byte[] password) {
    if (hash.isEmpty() || hash.startsWith("*") || hash.startsWith("!")) {
      return false; // absent, locked
    }
    if (hash.startsWith("$2")) {
      return OpenBSDBCrypt.checkPassword(hash, password);
    }
    String computed = Crypt.crypt(password, hash); // it wipes the array
    return MessageDigest.isEqual(
        computed.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean verifyDigest(
      String algorithm, PasswordScheme scheme, byte[] decoded, byte[] password) {
    int length = scheme.digestBytes();
    byte[] salt = Arrays.copyOfRange(decoded, length, decoded.length);
    return MessageDigest.isEqual(
        Digests.digest(algorithm, password, salt), Arrays.copyOf(decoded, length));
  }

  private static boolean verifyPbkdf2(String hash, String password) {
    String[] parts = hash.split("\\$"); // "", "1", salt, rounds, hex
    byte[] expected = HexFormat.of().parseHex(parts[4]);
    byte[] salt = parts[2].getBytes(StandardCharsets.UTF_8);
    int rounds = Integer.parseInt(parts[3]);
    return MessageDigest.isEqual(
        expected, Digests.pbkdf2("HmacSHA1", password, salt, rounds, expected.length));
  }

  private static boolean verifyScram(Credential credential, ScramHash hash, String password) {
    return ScramSecret.of(credential, hash).orElseThrow().fits(password);
  }
}
