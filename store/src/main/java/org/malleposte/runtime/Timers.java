package org.malleposte.runtime;

import java.time.Duration;

/** Time that passes, as a dependency: real in a node, stepped by hand in a simulation. */
public interface Timers {
  /** A timer that can be called off. Cancelling twice, or after it has fired, does nothing. */
  interface Timer {
    void cancel();
  }

  /** Runs {@code task} once after {@code delay}; it must not block. */
  Timer after(Duration delay, Runnable task);

  /** Runs {@code task} every {@code period}, the first time after one period; it must not block. */
  Timer every(Duration period, Runnable task);
}
