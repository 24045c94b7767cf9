package org.malleposte.managesieve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.managesieve.ManageSieveStep.End;

/** What is counted of ManageSieve; counts sessions against their limit as well. Thread-safe. */
public final class ManageSieveMetrics {
  private final AtomicInteger sessions = new AtomicInteger();
  private final Map<End, Counter> ends = new EnumMap<>(End.class);
  private final Counter turnedAway;

  public ManageSieveMetrics(MeterRegistry registry) {
    registry.gauge("malleposte.managesieve.sessions", sessions);
    for (var end : End.values()) {
      ends.put(
          end,
          Counter.builder("malleposte.managesieve.sessions.ended")
              .tag("end", end.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    turnedAway = registry.counter("malleposte.managesieve.sessions.turned.away");
  }

  /** Whether one more may come; then {@link #ended} must follow. */
  boolean begin(int max) {
    if (sessions.incrementAndGet() > max) {
      sessions.decrementAndGet();
      turnedAway.increment();
      return false;
    }
    return true;
  }

  void ended(End end) {
    sessions.decrementAndGet();
    ends.get(end).increment();
  }
}
