package org.malleposte.mail;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The encoding of addresses and ids in DSN parameters (RFC 3461 §4): printable ASCII but {@code +}
 * and {@code =}, which, as all else, are {@code +HH}.
 */
public final class Xtext {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Xtext() {}

  /** Whether a client may write so; an empty word says nothing. */
  public static boolean isXtext(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+') {
        if (i + 2 >= text.length() || !isHex(text.charAt(i + 1)) || !isHex(text.charAt(i + 2))) {
          return false;
        }
        i += 2;
      } else if (!isPlain((byte) c) || c > '~') {
        return false;
      }
    }
    return true;
  }

  /**
   * @param text in ASCII; another character becomes a question mark
   */
  public static String encode(String text) {
    var encoded = new StringBuilder(text.length() + 8);
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      if (isPlain(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('+').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /**
   * For people to read: what is no xtext stays as it is, and what cannot be printed becomes a
   * question mark.
   */
  public static String decode(String text) {
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '+' && i + 2 < text.length() ? hex(text, i + 1) : -1;
      if (value < 0) {
        plain.append(c);
      } else {
        plain.append(value >= 0x20 && value < 0x7f ? (char) value : '?');
        i += 2;
      }
    }
    return plain.toString();
  }

  private static boolean isPlain(byte b) {
    return b > ' ' && b <= '~' && b != '+' && b != '=';
  }

  /** In capitals, as RFC 3461 has them. */
  private static boolean isHex(char c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
  }

  /** Small letters as well: what others have let through. */
  private static int hex(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }
}
