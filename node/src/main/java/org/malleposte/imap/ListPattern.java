package org.malleposte.imap;

import org.malleposte.mailbox.MailboxName;

/**
 * A pattern of LIST (RFC 3501 §6.3.8): {@code *} stands for anything, {@code %} for anything in one
 * level. Work is bounded by the length of name and pattern.
 */
final class ListPattern {
  static final int MAX_CHARACTERS = 1_024;

  private final String pattern;

  /**
   * @throws IllegalArgumentException when it is too long
   */
  ListPattern(String pattern) {
    if (pattern.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("pattern too long");
    }
    this.pattern = inboxUpper(pattern.replaceAll("\\*[*%]+|%+\\*", "*").replaceAll("%+", "%"));
  }

  boolean matches(String name) {
    var reachable = new boolean[name.length() + 1];
    reachable[0] = true;
    for (int i = 0; i < pattern.length(); i++) {
      step(pattern.charAt(i), name, reachable);
    }
    return reachable[name.length()];
  }

  /** Whether {@code %} and not {@code *} decides how deep it looks. */
  boolean stopsAtLevels() {
    return pattern.indexOf('*') < 0;
  }

  /** After it, {@code reachable[n]}: the pattern so far matches the first n characters. */
  private static void step(char c, String name, boolean[] reachable) {
    if (c == '*' || c == '%') {
      for (int n = 1; n <= name.length(); n++) {
        boolean crosses = c == '%' && name.charAt(n - 1) == MailboxName.SEPARATOR;
        reachable[n] |= reachable[n - 1] && !crosses;
      }
    } else {
      for (int n = name.length(); n > 0; n--) {
        reachable[n] = reachable[n - 1] && name.charAt(n - 1) == c;
      }
      reachable[0] = false;
    }
  }

  private static String inboxUpper(String text) {
    boolean inbox =
        text.regionMatches(true, 0, "INBOX", 0, 5)
            && (text.length() == 5 || "/*%".indexOf(text.charAt(5)) >= 0);
    return inbox ? "INBOX" + text.substring(5) : text;
  }
}
