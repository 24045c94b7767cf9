package org.malleposte.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and times as sendmail writes them, in the words of {@link Quantities}. */
final class SendmailQuantities {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})([smhdw]?)");

  private SendmailQuantities() {}

  /**
   * A number; sendmail's 0 is no limit at all, and empty here.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Optional<String> unlessZero(String text) {
    if (!text.matches("[0-9]{1,15}")) {
      throw new IllegalArgumentException("'" + text + "' is not a number");
    }
    return text.matches("0+") ? Optional.empty() : Optional.of(text);
  }

  /**
   * A time such as {@code 5d}, {@code 1h30m} or {@code 4}; 0 is empty.
   *
   * @param unit of a number without one
   * @throws IllegalArgumentException when it is none
   */
  static Optional<String> time(String text, char unit) {
    long seconds = 0;
    Matcher part = TIME.matcher(text);
    int at = 0;
    while (at < text.length() && part.find(at) && part.start() == at) {
      char written = part.group(2).isEmpty() ? unit : part.group(2).charAt(0);
      seconds += Long.parseLong(part.group(1)) * seconds(written);
      at = part.end();
    }
    if (at < text.length() || text.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' is not a time");
    }
    if (seconds > 999_999_999) {
      throw new IllegalArgumentException("'" + text + "' is too long a time");
    }
    return seconds == 0 ? Optional.empty() : Optional.of(seconds + "s");
  }

  private static long seconds(char unit) {
    return switch (unit) {
      case 'm' -> 60;
      case 'h' -> 3_600;
      case 'd' -> 86_400;
      case 'w' -> 604_800;
      default -> 1;
    };
  }
}
