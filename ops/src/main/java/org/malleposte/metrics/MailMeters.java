package org.malleposte.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;

/** Counts the facts about mails; all counters exist from the start, at zero. Thread-safe. */
public final class MailMeters implements MailLog {
  private final Map<Class<?>, Counter> events;
  private final Map<String, Counter> ways = new ConcurrentHashMap<>();
  private final Function<String, Counter> wayCounter;
  private final Counter acceptedBytes;
  private final Timer flushDelay;
  private final Timer relayDelay;

  public MailMeters(MeterRegistry registry) {
    // The permitted subclasses, so that a new event cannot be forgotten here.
    events =
        Arrays.stream(MailEvent.class.getPermittedSubclasses())
            .collect(
                Collectors.toUnmodifiableMap(
                    type -> type,
                    type ->
                        Counter.builder(MeterNames.MAIL_EVENTS)
                            .description("Facts about mails")
                            .tag("event", type.getSimpleName())
                            .register(registry)));
    wayCounter =
        way ->
            Counter.builder(MeterNames.MAIL_ACCEPTED)
                .description("Mails acknowledged with 250, by how they were made safe")
                .tag("way", way)
                .register(registry);
    acceptedBytes =
        Counter.builder(MeterNames.MAIL_ACCEPTED_BYTES)
            .description("Bodies acknowledged with 250")
            .baseUnit("bytes")
            .register(registry);
    flushDelay = timer(registry, MeterNames.MAIL_FLUSH_DELAY, "From 250 to the deliverer's answer");
    relayDelay = timer(registry, MeterNames.MAIL_RELAY_DELAY, "From 250 to the other host's 250");
    Arrays.asList("direct", "spool+copy", "spool alone").forEach(this::way);
  }

  @Override
  public void on(MailEvent event) {
    events.get(event.getClass()).increment();
    switch (event) {
      case MailEvent.Accepted accepted -> {
        way(accepted.way()).increment();
        acceptedBytes.increment(accepted.sizeBytes());
      }
      case MailEvent.Flushed flushed -> flushDelay.record(flushed.delay());
      case MailEvent.Relayed relayed -> relayDelay.record(relayed.delay());
      case MailEvent.Stored _,
          MailEvent.Deferred _,
          MailEvent.Bounced _,
          MailEvent.Discarded _,
          MailEvent.Copied _,
          MailEvent.Adopted _,
          MailEvent.Finished _ -> {}
    }
  }

  private Counter way(String way) {
    return ways.computeIfAbsent(way, wayCounter);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .register(registry);
  }
}
