package org.malleposte.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers, times and sizes as Dovecot writes them. */
final class DovecotQuantities {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9}) *([a-zA-Z]*)");

  private DovecotQuantities() {}

  /**
   * {@code yes} and {@code no}, as lax as Dovecot.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static boolean isYes(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("y") || lower.equals("1") || lower.equals("true")) {
      return true;
    }
    if (lower.startsWith("n") || lower.equals("0") || lower.equals("false")) {
      return false;
    }
    throw new IllegalArgumentException("'" + text + "' is neither yes nor no");
  }

  /**
   * {@code 2 mins}, {@code 30d}, {@code 1 hours}, as seconds with an s; a number alone is seconds.
   *
   * @throws IllegalArgumentException when it is none
   */
  static String time(String text) {
    Matcher m = TIME.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a time");
    }
    long number = Long.parseLong(m.group(1));
    String unit = m.group(2).toLowerCase(Locale.ROOT);
    if (unit.startsWith("mill") || unit.equals("ms")) {
      return number + "ms";
    }
    long each =
        switch (unit.isEmpty() ? 's' : unit.charAt(0)) {
          case 's' -> 1;
          case 'm' -> 60;
          case 'h' -> 3_600;
          case 'd' -> 86_400;
          case 'w' -> 604_800;
          default -> throw new IllegalArgumentException("'" + text + "' is not a time");
        };
    long seconds = number * each;
    if (seconds > 999_999_999) {
      throw new IllegalArgumentException("'" + text + "' is too long a time");
    }
    return seconds + "s";
  }

  /**
   * @throws IllegalArgumentException when it is none
   */
  static int number(String text) {
    try {
      return Integer.parseUnsignedInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number");
    }
  }
}
