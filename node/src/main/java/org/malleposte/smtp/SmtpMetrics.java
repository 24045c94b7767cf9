package org.malleposte.smtp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What is counted of SMTP sessions. Thread-safe; all counters exist from the start, at zero. */
public final class SmtpMetrics {
  /** How a connection began. */
  enum Arrival {
    ADMITTED,
    TOO_MANY,
    TOO_MANY_OF_CLIENT,
    TOO_FAST,
    /** Not by one of the balancers that the listener is for. */
    NO_PROXY
  }

  /** How a connection was ended by us, other than after QUIT. */
  enum Cut {
    TIMED_OUT,
    TOO_SLOW,
    /** It does not take our replies. */
    DEAF,
    DRAINED,
    BUG
  }

  /** What became of a message whose final dot has come. */
  enum Mail {
    COMMITTED,
    DISCARDED,
    NO_SPACE,
    NOT_SAFE,
    /** By the store, for all recipients. */
    REFUSED,
    /** Bare line ends, too large, a loop, not to be converted: {@link BodyFault}. */
    FAULTY
  }

  /** Answers to RCPT by the routing tables. */
  enum Rcpt {
    ACCEPTED,
    REFUSED,
    DISCARDED
  }

  /** STARTTLS and implicit TLS. */
  enum Tls {
    STARTED,
    FAILED,
    /** Bytes in clear behind STARTTLS. */
    INJECTED
  }

  /** First digit of replies. */
  enum ReplyClass {
    OK,
    INTERMEDIATE,
    TRANSIENT,
    PERMANENT
  }

  private final Map<Arrival, Counter> arrivals;
  private final Map<Cut, Counter> cuts;
  private final Map<Mail, Counter> mails;
  private final Map<Rcpt, Counter> recipients;
  private final Map<Tls, Counter> handshakes;
  private final Map<ReplyClass, Counter> replies;
  private final Timer commits;
  private final DistributionSummary sizes;

  public SmtpMetrics(MeterRegistry registry) {
    arrivals = counters(registry, Arrival.class, "connections", "Connections by how they began");
    cuts = counters(registry, Cut.class, "cuts", "Connections ended by this server");
    mails = counters(registry, Mail.class, "mails", "Messages after the final dot");
    recipients = counters(registry, Rcpt.class, "recipients", "Answers to RCPT by the tables");
    handshakes = counters(registry, Tls.class, "tls", "TLS handshakes");
    replies = counters(registry, ReplyClass.class, "replies", "Replies by class");
    commits =
        Timer.builder("malleposte.smtp.commit")
            .description("Time from the final dot to its reply")
            .register(registry);
    sizes =
        DistributionSummary.builder("malleposte.smtp.mail.size")
            .description("Committed messages")
            .baseUnit("bytes")
            .register(registry);
  }

  void count(Arrival arrival) {
    arrivals.get(arrival).increment();
  }

  void count(Cut cut) {
    cuts.get(cut).increment();
  }

  void count(Mail mail) {
    mails.get(mail).increment();
  }

  void count(Rcpt answer) {
    recipients.get(answer).increment();
  }

  void count(Tls handshake) {
    handshakes.get(handshake).increment();
  }

  void count(SmtpReply reply) {
    replies
        .get(
            switch (reply.code() / 100) {
              case 2 -> ReplyClass.OK;
              case 3 -> ReplyClass.INTERMEDIATE;
              case 4 -> ReplyClass.TRANSIENT;
              default -> ReplyClass.PERMANENT;
            })
        .increment();
  }

  Timer commits() {
    return commits;
  }

  DistributionSummary sizes() {
    return sizes;
  }

  /** Gauges of what all instances share; registered once. */
  static void gauges(MeterRegistry registry, Supplier<Number> open, Supplier<Number> memory) {
    Gauge.builder("malleposte.smtp.sessions", open)
        .description("Open connections")
        .register(registry);
    Gauge.builder("malleposte.smtp.reception", memory)
        .description("Memory that bodies in reception and commit take")
        .baseUnit("bytes")
        .register(registry);
  }

  private static <E extends Enum<E>> Map<E, Counter> counters(
      MeterRegistry registry, Class<E> labels, String name, String description) {
    var counters = new EnumMap<E, Counter>(labels);
    for (E label : labels.getEnumConstants()) {
      counters.put(
          label,
          Counter.builder("malleposte.smtp." + name)
              .description(description)
              .tag("kind", label.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    return counters;
  }
}
