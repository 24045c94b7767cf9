package org.malleposte.auth;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What is counted of logins. */
public final class AuthMetrics {
  /** How a login was answered. */
  enum Answer {
    GRANTED,
    /** Granted without hashing: the same password was right a moment ago. */
    REMEMBERED,
    DENIED,
    /** Denied without hashing: the same password was wrong a moment ago. */
    REPEATED,
    /** Turned away: too many failures before it. */
    THROTTLED,
    UNAVAILABLE
  }

  private final Map<Answer, Counter> logins = new EnumMap<>(Answer.class);
  private final Timer checks;

  public AuthMetrics(MeterRegistry registry) {
    for (var answer : Answer.values()) {
      logins.put(
          answer,
          Counter.builder("malleposte.auth.logins")
              .description("Logins by answer")
              .tag("answer", answer.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    checks =
        Timer.builder("malleposte.auth.checks")
            .description("Time to hash and compare one password")
            .register(registry);
  }

  void count(Answer answer) {
    logins.get(answer).increment();
  }

  Timer checks() {
    return checks;
  }
}
