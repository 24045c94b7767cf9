package org.malleposte.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.QueueId;
import org.malleposte.trace.MailEvent;

class MailMetersTest {
  private static final QueueId ID = QueueId.create(Instant.EPOCH, new Random(1));
  private final PrometheusMeterRegistry registry = MeterRegistries.forProcess();
  private final MailMeters meters = new MailMeters(registry);

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void allCountersStartAtZero() {
    assertThat(registry.scrape().lines())
        .contains(
            "malleposte_mail_events_total{event=\"Accepted\"} 0.0",
            "malleposte_mail_events_total{event=\"Finished\"} 0.0",
            "malleposte_mail_accepted_total{way=\"direct\"} 0.0",
            "malleposte_mail_accepted_total{way=\"spool+copy\"} 0.0",
            "malleposte_mail_accepted_total{way=\"spool alone\"} 0.0",
            "malleposte_mail_accepted_size_bytes_total 0.0");
  }

  @Test
  void factsAreCounted() {
    meters.on(new MailEvent.Accepted(ID, "a@x.test", 2, 4096, "192.0.2.1", "spool+copy"));
    meters.on(new MailEvent.Flushed(ID, "mx1.test", Duration.ofMillis(500)));

    assertThat(registry.scrape().lines())
        .contains(
            "malleposte_mail_events_total{event=\"Accepted\"} 1.0",
            "malleposte_mail_events_total{event=\"Flushed\"} 1.0",
            "malleposte_mail_accepted_total{way=\"spool+copy\"} 1.0",
            "malleposte_mail_accepted_size_bytes_total 4096.0",
            "malleposte_mail_flush_delay_seconds_sum 0.5");
  }
}
