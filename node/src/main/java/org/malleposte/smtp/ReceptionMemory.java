package org.malleposte.smtp;

import java.util.concurrent.atomic.AtomicLong;

/** Memory for the bodies of all connections together, of all instances. Thread-safe. */
final class ReceptionMemory {
  /** Beyond the limit, for bodies on their way to disk: some 700 of them. */
  static final long FOR_DISK_BYTES = 128L << 20;

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

  /**
   * Takes what a body needs on its way to disk. That it may go beyond the limit lets bodies move
   * out of memory when it is used up; but by {@link #FOR_DISK_BYTES} at most, or a crowd of clients
   * that all begin at once would end the process.
   */
  boolean tryTakeForDisk(long bytes) {
    if (used.addAndGet(bytes) <= maxBytes + FOR_DISK_BYTES) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Takes what cannot be done without: the first kilobytes of a body that was let in. */
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
