package org.malleposte.mail;

import java.util.Objects;

/**
 * A mailbox address: local-part and domain (RFC 5321 §4.1.2). The local-part keeps its case and has
 * no quotes: {@code "a b"@x.test} has the local-part {@code a b}.
 *
 * @param localPart 1 to {@link #MAX_LOCAL_OCTETS} octets, without control characters
 */
public record EmailAddress(String localPart, Domain domain) {
  /** RFC 5321 §4.5.3.1.1 says 64; sendmail and VERP senders use more. */
  public static final int MAX_LOCAL_OCTETS = 256;

  public EmailAddress {
    Objects.requireNonNull(domain);
    if (localPart.isEmpty() || localPart.length() > MAX_LOCAL_OCTETS) {
      throw new IllegalArgumentException(
          "local-part must have 1 to " + MAX_LOCAL_OCTETS + " octets");
    }
    if (localPart.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw new IllegalArgumentException("control character in local-part");
    }
  }

  /**
   * Parses {@code local@domain} without angle brackets; the local-part may be a quoted string.
   *
   * @throws IllegalArgumentException when it is not an address
   */
  public static EmailAddress parse(String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0 || at == text.length() - 1) {
      throw new IllegalArgumentException("not an address: " + text);
    }
    return new EmailAddress(unquote(text.substring(0, at)), Domain.of(text.substring(at + 1)));
  }

  /**
   * As sendmail reads a recipient: backslash and colon need no quotes, and mean what they mean in
   * aliases.
   *
   * @param local as written
   * @throws IllegalArgumentException when it is no local-part
   */
  public static EmailAddress lenient(String local, Domain domain) {
    boolean plain = local.chars().allMatch(c -> isDotAtomCharacter(c) || c == '\\' || c == ':');
    return new EmailAddress(plain ? local : unquote(local), domain);
  }

  /** The address as it goes into a command or header: the local-part is quoted where it must be. */
  @Override
  public String toString() {
    return (needsQuotes() ? '"' + localPart.replaceAll("([\"\\\\])", "\\\\$1") + '"' : localPart)
        + "@"
        + domain;
  }

  private boolean needsQuotes() {
    if (localPart.startsWith(".") || localPart.endsWith(".") || localPart.contains("..")) {
      return true;
    }
    return !localPart.chars().allMatch(EmailAddress::isDotAtomCharacter);
  }

  /** atext of RFC 5322 §3.2.3, the dot, and UTF-8 (RFC 6531 §3.3). */
  static boolean isDotAtomCharacter(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c >= 0x80
        || ".!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  private static String unquote(String local) {
    if (!local.startsWith("\"")) {
      if (!local.chars().allMatch(EmailAddress::isDotAtomCharacter)) {
        throw new IllegalArgumentException("character that needs quotes in local-part: " + local);
      }
      return local;
    }
    if (local.length() < 3 || !local.endsWith("\"")) {
      throw new IllegalArgumentException("unfinished quoted local-part: " + local);
    }
    var plain = new StringBuilder(local.length());
    for (int i = 1; i < local.length() - 1; i++) {
      char c = local.charAt(i);
      if (c == '"' || c == '\\' && ++i == local.length() - 1) {
        throw new IllegalArgumentException("stray quote in local-part: " + local);
      }
      plain.append(local.charAt(i));
    }
    return plain.toString();
  }
}
