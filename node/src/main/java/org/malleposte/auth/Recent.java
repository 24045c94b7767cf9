package org.malleposte.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What was found out a short while ago, by key, bounded in number. Thread-safe. */
final class Recent<T> {
  private record Held<T>(T value, Instant end) {}

  private final int max;
  private final Duration lifetime;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Held<T>> all = new LinkedHashMap<>();

  Recent(int max, Duration lifetime, InstantSource clock) {
    this.max = max;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  void add(String key, T value) {
    lock.lock();
    try {
      all.remove(key); // to the end of the order
      all.put(key, new Held<>(value, clock.instant().plus(lifetime)));
      if (all.size() > max) {
        all.pollFirstEntry();
      }
    } finally {
      lock.unlock();
    }
  }

  Optional<T> find(String key) {
    lock.lock();
    try {
      var held = all.get(key);
      return held != null && clock.instant().isBefore(held.end())
          ? Optional.of(held.value())
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
