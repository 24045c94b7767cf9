package org.malleposte.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Keys that were added a short while ago, bounded in number. Thread-safe. */
final class RecentKeys {
  private final int max;
  private final Duration lifetime;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Instant> ends = new LinkedHashMap<>();

  RecentKeys(int max, Duration lifetime, InstantSource clock) {
    this.max = max;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  void add(String key) {
    lock.lock();
    try {
      ends.remove(key); // to the end of the order
      ends.put(key, clock.instant().plus(lifetime));
      if (ends.size() > max) {
        ends.pollFirstEntry();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean has(String key) {
    lock.lock();
    try {
      var end = ends.get(key);
      return end != null && clock.instant().isBefore(end);
    } finally {
      lock.unlock();
    }
  }
}
