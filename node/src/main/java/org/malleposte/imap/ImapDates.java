package org.malleposte.imap;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/** Dates as IMAP writes them (RFC 3501 §9, {@code date} and {@code date-time}). */
final class ImapDates {
  private static final DateTimeFormatter DAY =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("d-MMM-uuuu")
          .toFormatter(Locale.ENGLISH);
  private static final DateTimeFormatter MOMENT =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .padNext(2)
          .appendValue(ChronoField.DAY_OF_MONTH)
          .appendPattern("-MMM-uuuu HH:mm:ss xx")
          .toFormatter(Locale.ENGLISH);
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("dd-MMM-uuuu HH:mm:ss xx", Locale.ENGLISH);

  private ImapDates() {}

  static Optional<LocalDate> day(String text) {
    try {
      return Optional.of(LocalDate.parse(text, DAY));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  static Optional<Instant> moment(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text, MOMENT).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** In UTC: the zone of an arrival is nobody's business, and all nodes must write the same. */
  static String write(Instant moment) {
    return WRITTEN.format(moment.atOffset(ZoneOffset.UTC));
  }
}
