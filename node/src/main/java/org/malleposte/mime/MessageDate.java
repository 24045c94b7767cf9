package org.malleposte.mime;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Date field (RFC 5322 §3.3), as far as a search by day needs it. */
public final class MessageDate {
  private static final Pattern DAY =
      Pattern.compile(
          "(?:[A-Za-z]{3,9},?\\s+)?(\\d{1,2})[\\s-]+([A-Za-z]{3})[a-z]*[\\s-]+(\\d{2,4})\\b.*");
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  private MessageDate() {}

  /** The day as written, without regard to its zone (RFC 3501 §6.4.4, SENTON). */
  public static Optional<LocalDate> day(String value) {
    Matcher found = DAY.matcher(value.strip());
    int month = found.matches() ? MONTHS.indexOf(found.group(2).toLowerCase(Locale.ROOT)) : -1;
    if (month < 0 || month % 3 != 0) {
      return Optional.empty();
    }
    try {
      int day = Integer.parseInt(found.group(1));
      return Optional.of(LocalDate.of(year(found.group(3)), month / 3 + 1, day));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** RFC 5322 §4.3: two digits, or three. */
  private static int year(String digits) {
    int year = Integer.parseInt(digits);
    return switch (digits.length()) {
      case 2 -> year + (year < 50 ? 2000 : 1900);
      case 3 -> year + 1900;
      default -> year;
    };
  }
}
