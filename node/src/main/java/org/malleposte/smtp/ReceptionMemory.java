package org.malleposte.smtp;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for the bodies of all connections together, of all instances. Thread-safe. */
final class ReceptionMemory {
  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();

  ReceptionMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether {@code bytes} more were free; they are taken then. */
  boolean tryTake(long bytes) {
    if (used.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Takes what cannot be done without: the small buffer through which a body goes to disk. */
  void take(long bytes) {
    used.addAndGet(bytes);
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  boolean isFull() {
    return used.get() >= maxBytes;
  }

  long usedBytes() {
    return used.get();
  }
}
