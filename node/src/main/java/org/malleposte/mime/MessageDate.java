package org.malleposte.mime;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Date field (RFC 5322 §3.3), as far as search and sort need it. */
public final class MessageDate {
  private static final Pattern DAY =
      Pattern.compile(
          "(?:[A-Za-z]{3,9},?\\s+)?(\\d{1,2})[\\s-]+([A-Za-z]{3})[a-z]*[\\s-]+(\\d{2,4})\\b.*");
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  private static final Pattern TIME =
      Pattern.compile(
          "\\b(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\s*([+-]\\d{4})\\b|\\s+([A-Za-z]{1,5})\\b)?");

  /** Hours from UTC (RFC 5322 §4.3); of all other names nobody knows what they mean. */
  private static final Map<String, Integer> ZONES =
      Map.of(
          "EDT", -4, "EST", -5, "CDT", -5, "CST", -6, "MDT", -6, "MST", -7, "PDT", -7, "PST", -8);

  private MessageDate() {}

  /**
   * The moment. A zone that is not valid is UTC, a time that is not valid is midnight (RFC 5256
   * §2.2); empty when the day is not valid.
   */
  public static Optional<Instant> moment(String value) {
    return day(value).map(day -> moment(day, TIME.matcher(value)));
  }

  private static Instant moment(LocalDate day, Matcher found) {
    if (!found.find()) {
      return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    try {
      int second = found.group(3) == null ? 0 : Math.min(59, Integer.parseInt(found.group(3)));
      var time =
          LocalTime.of(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)), second);
      return day.atTime(time).toInstant(zone(found.group(4), found.group(5)));
    } catch (DateTimeException e) {
      return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
  }

  private static ZoneOffset zone(String digits, String name) {
    if (digits == null) {
      String known = name == null ? "" : name.toUpperCase(Locale.ROOT);
      return ZoneOffset.ofHours(ZONES.getOrDefault(known, 0));
    }
    try {
      return ZoneOffset.of(digits);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }

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
