package org.malleposte.mailbox;

import java.text.Normalizer;
import java.util.Optional;

/**
 * The name of a mailbox in one account: levels separated by {@code /}, Unicode in form C (RFC 9051
 * §5.1). {@code INBOX} is the same in any case, and so is the first level {@code inbox/...}.
 */
public record MailboxName(String value) implements Comparable<MailboxName> {
  public static final char SEPARATOR = '/';
  public static final int MAX_CHARACTERS = 512;
  public static final int MAX_LEVELS = 32;
  public static final MailboxName INBOX = new MailboxName("INBOX");

  /**
   * @throws IllegalArgumentException for an empty level, a control character, {@code *} or {@code
   *     %}, or a name that is too long or too deep
   */
  public MailboxName {
    value = Normalizer.normalize(value, Normalizer.Form.NFC);
    if (value.equalsIgnoreCase("INBOX")) {
      value = "INBOX";
    } else if (value.regionMatches(true, 0, "INBOX/", 0, 6)) {
      value = "INBOX" + value.substring(5);
    }
    String[] levels = value.split("/", -1);
    if (value.length() > MAX_CHARACTERS || levels.length > MAX_LEVELS) {
      throw new IllegalArgumentException("mailbox name too long or too deep");
    }
    for (String level : levels) {
      if (level.isEmpty()) {
        throw new IllegalArgumentException("empty level in mailbox name");
      }
    }
    if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '*' || c == '%')) {
      throw new IllegalArgumentException("character not allowed in mailbox name");
    }
  }

  public boolean isInbox() {
    return value.equals("INBOX");
  }

  /** The name one level up. */
  public Optional<MailboxName> parent() {
    int slash = value.lastIndexOf(SEPARATOR);
    return slash < 0 ? Optional.empty() : Optional.of(new MailboxName(value.substring(0, slash)));
  }

  public boolean isBelow(MailboxName other) {
    return value.startsWith(other.value + SEPARATOR);
  }

  @Override
  public int compareTo(MailboxName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
