package org.malleposte.spool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers what a spool takes, ever growing, also over restarts: the upper 24 bits are the spool's
 * incarnation, which is durable, the lower 40 count within it (three years at 10,000 a second).
 * Thread-safe.
 */
public final class Stamps {
  private static final int COUNTER_BITS = 40;

  private final AtomicLong last;

  Stamps(long incarnation) {
    last = new AtomicLong(incarnation << COUNTER_BITS);
  }

  /** The incarnation in which a stamp was given. */
  public static long incarnation(long stamp) {
    return stamp >>> COUNTER_BITS;
  }

  long next() {
    return last.incrementAndGet();
  }

  long last() {
    return last.get();
  }

  /** Begins the next incarnation, and returns it. */
  long nextIncarnation() {
    return incarnation(last.updateAndGet(s -> (incarnation(s) + 1) << COUNTER_BITS));
  }
}
