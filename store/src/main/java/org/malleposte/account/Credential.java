package org.malleposte.account;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What a password is checked against: Dovecot's {@code {SCHEME}hash}. Never log {@link #text()};
 * {@link #toString()} hides the hash.
 *
 * @param encoding of the hash, written {@code {SCHEME.HEX}}; DEFAULT is the scheme's own
 */
public record Credential(PasswordScheme scheme, Encoding encoding, String hash) {
  /** How the hash is written down. */
  public enum Encoding {
    DEFAULT,
    HEX,
    B64
  }

  public static final int MAX_CHARACTERS = 2048;

  /** No password fits, and the user may not log in without one. */
  public static final Credential LOCKED =
      new Credential(PasswordScheme.CRYPT, Encoding.DEFAULT, "*");

  /** There is no password here; another source may vouch for the user. */
  public static final Credential ABSENT =
      new Credential(PasswordScheme.CRYPT, Encoding.DEFAULT, "");

  /**
   * @throws IllegalArgumentException when the hash is none of its scheme; the message does not hold
   *     it
   */
  public Credential {
    if (hash.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("hash over " + MAX_CHARACTERS + " characters");
    }
    if (hash.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw new IllegalArgumentException("control character in hash");
    }
    scheme
        .fault(decode(scheme, encoding, hash))
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException(fault);
            });
  }

  /**
   * Reads {@code {SCHEME}hash} or {@code {SCHEME.ENCODING}hash}; without a scheme it is {CRYPT}, as
   * in Dovecot's passwd-file.
   *
   * @throws IllegalArgumentException with what is wrong, fit to be shown
   */
  public static Credential parse(String text) {
    if (!text.startsWith("{")) {
      return new Credential(PasswordScheme.CRYPT, Encoding.DEFAULT, text);
    }
    int end = text.indexOf('}');
    if (end < 0) {
      throw new IllegalArgumentException("no closing brace after the password scheme");
    }
    String written = text.substring(1, end);
    int dot = written.indexOf('.');
    String name = dot < 0 ? written : written.substring(0, dot);
    var scheme =
        PasswordScheme.of(name)
            .orElseThrow(
                () -> new IllegalArgumentException("unknown password scheme {" + name + "}"));
    var encoding = dot < 0 ? Encoding.DEFAULT : encoding(written.substring(dot + 1));
    return new Credential(scheme, encoding, text.substring(end + 1));
  }

  /** Whether the user may not log in at all, whoever vouches. */
  public boolean isLocked() {
    return scheme == PasswordScheme.CRYPT && (hash.startsWith("*") || hash.startsWith("!"));
  }

  /** The whole of it, secret. */
  public String text() {
    return "{" + scheme.written() + suffix() + "}" + hash;
  }

  /** The hash without its encoding, secret: a digest's bytes, else the text in UTF-8. */
  public byte[] decoded() {
    return decode(scheme, encoding, hash);
  }

  @Override
  public String toString() {
    return "{" + scheme.written() + suffix() + "}...";
  }

  private String suffix() {
    return encoding == Encoding.DEFAULT ? "" : "." + encoding.name();
  }

  private static byte[] decode(PasswordScheme scheme, Encoding encoding, String hash) {
    try {
      return switch (encoding) {
        case HEX -> HexFormat.of().parseHex(hash);
        case B64 -> Base64.getDecoder().decode(hash);
        case DEFAULT -> {
          int digest = scheme.digestBytes();
          if (digest == 0) {
            yield hash.getBytes(StandardCharsets.UTF_8);
          }
          // Dovecot tells hex from base 64 by the length; with a salt that would be a guess.
          yield !scheme.isSalted() && hash.length() == 2 * digest
              ? HexFormat.of().parseHex(hash)
              : Base64.getDecoder().decode(hash);
        }
      };
    } catch (IllegalArgumentException e) {
      // Its message would quote the hash.
      throw new IllegalArgumentException("this is no hash of {" + scheme.written() + "}");
    }
  }

  private static Encoding encoding(String written) {
    return switch (written.toUpperCase(Locale.ROOT)) {
      case "HEX" -> Encoding.HEX;
      case "B64", "BASE64" -> Encoding.B64;
      default -> throw new IllegalArgumentException("unknown password encoding ." + written);
    };
  }
}
