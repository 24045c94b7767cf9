package org.malleposte.pop3;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of POP3. */
public final class Pop3Metrics {
  /** Why a session ended. */
  enum End {
    QUIT,
    /** The client hung up. */
    CLIENT,
    IDLE,
    /** Too many failures or mistakes, or a message was cut off. */
    REFUSED,
    DRAINED,
    /** Ours. */
    BUG
  }

  private final AtomicInteger sessions = new AtomicInteger();
  private final Map<End, Counter> ends = new EnumMap<>(End.class);
  private final Counter turnedAway;
  private final Counter inUse;
  private final Counter retrieved;
  private final Counter retrievedBytes;
  private final Counter removed;

  public Pop3Metrics(MeterRegistry registry) {
    registry.gauge("malleposte.pop3.sessions", sessions);
    for (var end : End.values()) {
      ends.put(
          end,
          Counter.builder("malleposte.pop3.sessions.ended")
              .tag("end", end.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    turnedAway = registry.counter("malleposte.pop3.sessions.turned.away");
    inUse = registry.counter("malleposte.pop3.maildrop.in.use");
    retrieved = registry.counter("malleposte.pop3.retrieved");
    retrievedBytes =
        Counter.builder("malleposte.pop3.retrieved.size").baseUnit("bytes").register(registry);
    removed = registry.counter("malleposte.pop3.removed");
  }

  void began() {
    sessions.incrementAndGet();
  }

  void ended(End end) {
    sessions.decrementAndGet();
    ends.get(end).increment();
  }

  void turnedAway() {
    turnedAway.increment();
  }

  void inUse() {
    inUse.increment();
  }

  void retrieved(long bytes) {
    retrieved.increment();
    retrievedBytes.increment(bytes);
  }

  void removed(long messages) {
    removed.increment(messages);
  }
}
