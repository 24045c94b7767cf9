package org.malleposte.smtp;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * sendmail's {@code confCONNECTION_RATE_THROTTLE}: of the connections of one second, those beyond
 * the limit are greeted in the next one, and so on. Thread-safe.
 */
public final class ConnectionThrottle {
  /** Nobody waits longer: a client would give up. */
  public static final Duration MAX_DELAY = Duration.ofSeconds(30);

  private final int perSecond;
  private final LongSupplier millis;
  private long filling = Long.MIN_VALUE; // the second that is being given away; guarded by this
  private int used; // of it; guarded by this

  /**
   * @param perSecond 0: no limit
   * @param millis a clock that never steps
   */
  public ConnectionThrottle(int perSecond, LongSupplier millis) {
    this.perSecond = perSecond;
    this.millis = millis;
  }

  /** Counts a connection. */
  public synchronized Duration delay() {
    if (perSecond == 0) {
      return Duration.ZERO;
    }
    long now = Math.floorDiv(millis.getAsLong(), 1000);
    if (now > filling) {
      filling = now;
      used = 0;
    } else if (used == perSecond && filling - now < MAX_DELAY.toSeconds()) {
      filling++;
      used = 0;
    }
    used = Math.min(used + 1, perSecond);
    return Duration.ofSeconds(filling - now);
  }
}
