package org.malleposte.schedule;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to try again, and for how long.
 *
 * @param first delay, after the first attempt; it doubles with each further one
 * @param longest delay
 * @param lifetime of a mail, from its acceptance: an attempt that fails after it is the last (RFC
 *     5321 §4.5.4.1: at least 4 to 5 days)
 * @param warnAfter the sender is told of the delay
 */
public record RetryPolicy(Duration first, Duration longest, Duration lifetime, Duration warnAfter) {
  /** The store remembers deliveries for 30 days; a mail must not be delivered when it may not. */
  public static final Duration LONGEST_LIFETIME = Duration.ofDays(25);

  /**
   * RFC 5321 §4.5.4.1 asks for 30 minutes on the average; greylisting wants the first ones soon.
   */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(5), Duration.ofHours(4));

  /** Part by which a delay is longer or shorter by chance, so that mails do not march in step. */
  private static final double JITTER = 0.2;

  public RetryPolicy {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("delays: " + first + " to " + longest);
    }
    if (lifetime.compareTo(LONGEST_LIFETIME) > 0) {
      throw new IllegalArgumentException(
          "queue.lifetime is at most " + LONGEST_LIFETIME.toDays() + " days");
    }
  }

  public static RetryPolicy of(Duration lifetime, Duration warnAfter) {
    return new RetryPolicy(DEFAULT.first, DEFAULT.longest, lifetime, warnAfter);
  }

  /**
   * How long to wait after an attempt.
   *
   * @param attempt 1 after the first
   */
  public Duration delay(int attempt, RandomGenerator random) {
    // 2^20 minutes are two years: more doublings only overflow.
    var doubled = first.multipliedBy(1L << Math.clamp(attempt - 1, 0, 20));
    var bounded = doubled.compareTo(longest) > 0 ? longest : doubled;
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofMillis((long) (bounded.toMillis() * factor));
  }
}
