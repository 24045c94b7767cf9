package org.malleposte.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.Objects;

/**
 * A domain name in its comparable form: lower case, A-labels (RFC 5890), no trailing dot; or an
 * address literal in brackets (RFC 5321 §4.1.3), kept as written but in lower case.
 *
 * @param name never empty, at most {@link #MAX_OCTETS} octets
 */
public record Domain(String name) {
  /** RFC 5321 §4.5.3.1.2. */
  public static final int MAX_OCTETS = 255;

  public Domain {
    Objects.requireNonNull(name);
    if (name.isEmpty() || name.length() > MAX_OCTETS) {
      throw new IllegalArgumentException("domain must have 1 to " + MAX_OCTETS + " octets");
    }
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("domain must be lower case: " + name);
    }
  }

  /**
   * Normalises a domain as a peer wrote it.
   *
   * @throws IllegalArgumentException when it is neither a host name nor an address literal
   */
  public static Domain of(String written) {
    String text = written.endsWith(".") ? written.substring(0, written.length() - 1) : written;
    if (text.startsWith("[")) {
      if (!text.endsWith("]") || text.length() < 4) {
        throw new IllegalArgumentException("unfinished address literal: " + written);
      }
      requireLiteral(text, written);
      return new Domain(text.toLowerCase(Locale.ROOT));
    }
    String ascii = isAscii(text) ? text : IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
    requireHostName(ascii, written);
    return new Domain(ascii.toLowerCase(Locale.ROOT));
  }

  /** Whether this is {@code other} or lies below it. */
  public boolean isWithin(Domain other) {
    return name.equals(other.name) || name.endsWith("." + other.name);
  }

  public boolean isLiteral() {
    return name.startsWith("[");
  }

  @Override
  public String toString() {
    return name;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** Narrower than dcontent of RFC 5321 §4.1.3: a bracket in it would end a path on its way out. */
  private static void requireLiteral(String text, String written) {
    for (int i = 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (!isHostCharacter(c) && c != '.' && c != ':') {
        throw new IllegalArgumentException("character not allowed in address literal: " + written);
      }
    }
  }

  /** The underscore is no host name character but is seen in the wild, and sendmail takes it. */
  private static boolean isHostCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '_';
  }

  private static void requireHostName(String ascii, String written) {
    int labelLength = 0;
    for (int i = 0; i < ascii.length(); i++) {
      char c = ascii.charAt(i);
      if (c == '.') {
        if (labelLength == 0) {
          throw new IllegalArgumentException("empty label in domain: " + written);
        }
        labelLength = 0;
        continue;
      }
      if (!isHostCharacter(c)) {
        throw new IllegalArgumentException("character not allowed in domain: " + written);
      }
      if (++labelLength > 63) { // RFC 1035 §2.3.4
        throw new IllegalArgumentException("label over 63 octets in domain: " + written);
      }
    }
    if (labelLength == 0) {
      throw new IllegalArgumentException("empty label in domain: " + written);
    }
  }
}
