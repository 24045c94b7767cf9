package org.malleposte.tables;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which of sendmail's limits for single clients are on: {@code FEATURE(ratecontrol)}, {@code
 * conncontrol} and {@code greet_pause}. The figures are in {@code access}.
 *
 * @param rate {@code ClientRate:} counts
 * @param connections {@code ClientConn:} counts
 * @param greetPause {@code GreetPause:} counts
 * @param defaultPause the feature's argument, for clients that {@code access} does not name
 */
public record ClientControl(
    boolean rate, boolean connections, boolean greetPause, Optional<Duration> defaultPause) {
  /** sendmail waits no longer, whatever is written. */
  public static final Duration MAX_PAUSE = Duration.ofMinutes(5);

  /** Nothing counts. */
  public static final ClientControl OFF = new ClientControl(false, false, false, Optional.empty());

  public ClientControl {
    Objects.requireNonNull(defaultPause);
  }

  static ClientControl of(McFile mc) {
    return new ClientControl(
        mc.hasFeature("ratecontrol"),
        mc.hasFeature("conncontrol"),
        mc.hasFeature("greet_pause"),
        mc.featureArguments("greet_pause").stream().findFirst().flatMap(ClientControl::pause));
  }

  /** A value of {@code GreetPause:}, in milliseconds; empty when it is none. */
  static Optional<Duration> pause(String milliseconds) {
    String text = milliseconds.strip();
    if (!text.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    Duration pause = Duration.ofMillis(Long.parseLong(text));
    return Optional.of(pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause);
  }
}
