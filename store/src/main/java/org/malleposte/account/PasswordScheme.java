package org.malleposte.account;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a password is kept, by Dovecot's names. Weak ones are here because passwd-files have them;
 * new hashes are never made with them.
 */
public enum PasswordScheme {
  /** The password itself. */
  PLAIN("PLAIN", ".*"),
  CLEARTEXT("CLEARTEXT", ".*"),
  /** What crypt(3) made; also a locked account, whose hash matches no password, and no hash. */
  CRYPT(
      "CRYPT",
      "|[*!].*|\\$[156]\\$[^:]+|\\$2[abxy]\\$(0[4-9]|1[0-6])\\$[./0-9A-Za-z]{53}|[./0-9A-Za-z]{13}"),
  MD5_CRYPT("MD5-CRYPT", "\\$1\\$[^$:]{0,8}\\$[./0-9A-Za-z]{22}"),
  SHA256_CRYPT("SHA256-CRYPT", "\\$5\\$(rounds=\\d{1,7}\\$)?[^$:]{0,16}\\$[./0-9A-Za-z]{43}"),
  SHA512_CRYPT("SHA512-CRYPT", "\\$6\\$(rounds=\\d{1,7}\\$)?[^$:]{0,16}\\$[./0-9A-Za-z]{86}"),
  BLF_CRYPT("BLF-CRYPT", "\\$2[abxy]\\$(0[4-9]|1[0-6])\\$[./0-9A-Za-z]{53}"),
  ARGON2I(
      "ARGON2I", "\\$argon2i\\$v=19\\$m=(?<kib>\\d{1,7}),t=\\d{1,3},p=\\d{1,2}\\$[^$]+\\$[^$]+"),
  ARGON2ID(
      "ARGON2ID", "\\$argon2id\\$v=19\\$m=(?<kib>\\d{1,7}),t=\\d{1,3},p=\\d{1,2}\\$[^$]+\\$[^$]+"),
  /** {@code $1$salt$rounds$hex}: PBKDF2 with HMAC-SHA-1, 160 bits. */
  PBKDF2("PBKDF2", "\\$1\\$[^$]*\\$\\d{1,7}\\$[0-9a-fA-F]{40}"),
  /** {@code iterations,salt,StoredKey,ServerKey} (RFC 5803 without its name). */
  SCRAM_SHA_1("SCRAM-SHA-1", "\\d{1,7},[^,]+,[^,]+,[^,]+"),
  SCRAM_SHA_256("SCRAM-SHA-256", "\\d{1,7},[^,]+,[^,]+,[^,]+"),
  /** The state of HMAC-MD5 after the password; as good as the password for CRAM-MD5. */
  CRAM_MD5("CRAM-MD5", "[0-9a-fA-F]{64}"),
  HMAC_MD5("HMAC-MD5", "[0-9a-fA-F]{64}"),
  /** Digest of user, realm and password; as good as the password for DIGEST-MD5. */
  DIGEST_MD5("DIGEST-MD5", 16, false),
  /** Digest of the password alone. */
  PLAIN_MD5("PLAIN-MD5", 16, false),
  LDAP_MD5("LDAP-MD5", 16, false),
  SHA("SHA", 20, false),
  SHA1("SHA1", 20, false),
  SHA256("SHA256", 32, false),
  SHA512("SHA512", 64, false),
  /** Digest of password and salt, and the salt behind it. */
  SMD5("SMD5", 16, true),
  SSHA("SSHA", 20, true),
  SSHA256("SSHA256", 32, true),
  SSHA512("SSHA512", 64, true);

  /** A node at rest has a heap of 512 MiB, and one check must not take it all. */
  public static final int ARGON2_MAX_KIB = 128 * 1024;

  /** What the decoded hash looks like. */
  private sealed interface Form {
    record Text(Pattern shape) implements Form {}

    record Digest(int bytes, boolean salted) implements Form {}
  }

  private final String written;
  private final Form form;

  PasswordScheme(String written, String shape) {
    this.written = written;
    this.form = new Form.Text(Pattern.compile(shape, Pattern.DOTALL));
  }

  PasswordScheme(String written, int digestBytes, boolean salted) {
    this.written = written;
    this.form = new Form.Digest(digestBytes, salted);
  }

  /** As it stands between the braces. */
  public String written() {
    return written;
  }

  /** Whether the password can be read out of it. */
  public boolean isReadable() {
    return this == PLAIN || this == CLEARTEXT;
  }

  /** Length of the digest, for those schemes that are one; else 0. */
  public int digestBytes() {
    return switch (form) {
      case Form.Text _ -> 0;
      case Form.Digest(int bytes, boolean _) -> bytes;
    };
  }

  /** Whether a salt stands behind the digest. */
  public boolean isSalted() {
    return form instanceof Form.Digest(int _, boolean salted) && salted;
  }

  /** What keeps {@code decoded} from being a usable hash of this scheme. */
  Optional<String> fault(byte[] decoded) {
    return switch (form) {
      case Form.Text(var shape) -> {
        var matcher = shape.matcher(new String(decoded, StandardCharsets.UTF_8));
        if (!matcher.matches()) {
          yield Optional.of("this is no hash of {" + written + "}");
        }
        boolean greedy =
            matcher.namedGroups().containsKey("kib")
                && Integer.parseInt(matcher.group("kib")) > ARGON2_MAX_KIB;
        yield greedy
            ? Optional.of("a check would take over " + ARGON2_MAX_KIB / 1024 + " MiB of memory")
            : Optional.empty();
      }
      case Form.Digest(int bytes, boolean salted) ->
          (salted ? decoded.length > bytes : decoded.length == bytes)
              ? Optional.empty()
              : Optional.of("this is no hash of {" + written + "}");
    };
  }

  static Optional<PasswordScheme> of(String written) {
    String name = written.toUpperCase(Locale.ROOT);
    for (var scheme : values()) {
      if (scheme.written.equals(name)) {
        return Optional.of(scheme);
      }
    }
    return Optional.empty();
  }
}
