package org.malleposte.sieve;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.mime.MessageDate;

/** Dates of fields, and what tests ask of them (RFC 5260 §4.2). */
final class DateParts {
  private static final int MODIFIED_JULIAN_OF_1970 = 40_587;
  private static final int MAX_CHARACTERS = 200;
  private static final Pattern TIME =
      Pattern.compile(
          "\\b(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\s{1,9}([+-]\\d{4}|[A-Za-z]{1,5}))?");
  // RFC 5322 §4.3.
  private static final Map<String, Integer> ZONES =
      Map.of(
          "EDT", -4, "EST", -5, "CDT", -5, "CST", -6, "MDT", -6, "MST", -7, "PDT", -7, "PST", -8);

  private DateParts() {}

  /** The date of a field: all of it, or what follows the last semicolon (RFC 5260 §4). */
  static Optional<OffsetDateTime> parse(String value) {
    String text = value.substring(value.lastIndexOf(';') + 1).strip();
    text = text.substring(0, Math.min(text.length(), MAX_CHARACTERS));
    var day = MessageDate.day(text);
    Matcher time = TIME.matcher(text);
    if (day.isEmpty() || !time.find()) {
      return Optional.empty();
    }
    try {
      int second = time.group(3) == null ? 0 : Math.min(59, Integer.parseInt(time.group(3)));
      return Optional.of(
          OffsetDateTime.of(
              day.get(),
              java.time.LocalTime.of(
                  Integer.parseInt(time.group(1)), Integer.parseInt(time.group(2)), second),
              Optional.ofNullable(time.group(4)).flatMap(DateParts::zone).orElse(ZoneOffset.UTC)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** {@code +hhmm}, or one of the old names. */
  static Optional<ZoneOffset> zone(String text) {
    if (text.matches("[+-]\\d{4}")) {
      int hours = Integer.parseInt(text.substring(1, 3));
      int minutes = Integer.parseInt(text.substring(3));
      int total = hours * 60 + minutes;
      return total > 18 * 60
          ? Optional.empty()
          : Optional.of(ZoneOffset.ofTotalSeconds((text.charAt(0) == '-' ? -60 : 60) * total));
    }
    return Optional.of(ZoneOffset.ofHours(ZONES.getOrDefault(text.toUpperCase(Locale.ROOT), 0)));
  }

  static String part(OffsetDateTime date, String part) {
    return switch (part) {
      case "year" -> text(date, "uuuu");
      case "month" -> text(date, "MM");
      case "day" -> text(date, "dd");
      case "date" -> text(date, "uuuu-MM-dd");
      case "julian" -> Long.toString(date.toLocalDate().toEpochDay() + MODIFIED_JULIAN_OF_1970);
      case "hour" -> text(date, "HH");
      case "minute" -> text(date, "mm");
      case "second" -> text(date, "ss");
      case "time" -> text(date, "HH:mm:ss");
      case "iso8601" -> text(date, "uuuu-MM-dd'T'HH:mm:ssxxx");
      case "std11" -> text(date, "EEE, dd MMM uuuu HH:mm:ss xx");
      case "zone" -> text(date, "xx");
      case "weekday" -> Integer.toString(date.get(ChronoField.DAY_OF_WEEK) % 7);
      default -> throw new IllegalStateException("checked when the script was read: " + part);
    };
  }

  private static String text(OffsetDateTime date, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(date);
  }
}
