package org.malleposte.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations ({@code 500ms 60s 5m 4h 5d}) and sizes ({@code 4096 256KiB 50MiB 2GiB}). */
public final class Quantities {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(|KiB|MiB|GiB|TiB)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private Quantities() {}

  /**
   * @throws IllegalArgumentException when it is none
   */
  public static Duration duration(String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a duration");
    }
    return UNITS.get(m.group(2)).multipliedBy(Long.parseLong(m.group(1)));
  }

  /** In the largest unit that divides it and of which it has two. */
  static String show(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : List.of("d", "h", "m", "s")) {
      long one = UNITS.get(unit).toMillis();
      if (millis % one == 0 && (millis >= 2 * one || unit.equals("s"))) {
        return millis / one + unit;
      }
    }
    return millis + "ms";
  }

  /**
   * @return bytes
   * @throws IllegalArgumentException when it is none
   */
  static long size(String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size");
    }
    try {
      return Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift(m.group(2)));
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException("'" + text + "' is too large a size");
    }
  }

  static String showSize(long bytes) {
    for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
      long one = 1L << shift(unit);
      if (bytes >= one && bytes % one == 0) {
        return bytes / one + unit;
      }
    }
    return Long.toString(bytes);
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "KiB" -> 10;
      case "MiB" -> 20;
      case "GiB" -> 30;
      case "TiB" -> 40;
      default -> 0;
    };
  }
}
