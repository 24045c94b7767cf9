package org.malleposte.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts who is at work in a store, so that nothing native is freed under them. One who is inside
 * may go in again. Thread-safe.
 */
final class Users {
  private static final long PAUSE_NANOS = 1_000_000;

  private final String what;
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param what for the message to who comes too late
   */
  Users(String what) {
    this.what = what;
  }

  /**
   * {@link #leave} must follow.
   *
   * @throws UncheckedIOException when it is closed
   */
  void enter() {
    inside.incrementAndGet();
    if (closed) {
      leave();
      throw new UncheckedIOException(new IOException(what + " is closed"));
    }
  }

  void leave() {
    inside.decrementAndGet();
  }

  /**
   * Lets nobody in any more, and waits for those inside. Blocks.
   *
   * @return whether this was the first call
   */
  synchronized boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    while (inside.get() > 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }
}
