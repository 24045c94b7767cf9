package org.malleposte.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows down whoever guesses passwords: by address, and by account for those who guess from many
 * addresses. An account is slowed by little only, or anyone could lock its owner out. Thread-safe.
 */
final class LoginThrottle {
  /** Addresses and accounts remembered together; the least recently seen is forgotten first. */
  static final int MAX_KEYS = 20_000;

  /** Failures that cost nothing: people mistype. */
  static final int FREE_FAILURES = 3;

  static final Duration FIRST_DELAY = Duration.ofMillis(500);
  static final Duration MAX_ADDRESS_DELAY = Duration.ofSeconds(15);
  static final Duration MAX_ACCOUNT_DELAY = Duration.ofSeconds(2);

  /** An attempt that would have to wait longer is turned away. */
  static final Duration MAX_WAIT = Duration.ofSeconds(30);

  /** One failure is forgotten after each such span without another. */
  static final Duration FORGET_AFTER = Duration.ofMinutes(1);

  /** Whether and when an attempt may be checked. */
  sealed interface Admission {
    record After(Duration delay) implements Admission {}

    record TooMany() implements Admission {}
  }

  /**
   * @param nextFree when the next attempt may be checked
   */
  private record Record(int failures, Instant lastFailure, Instant nextFree) {
    int failuresAt(Instant now) {
      long forgotten = Duration.between(lastFailure, now).dividedBy(FORGET_AFTER);
      return (int) Math.max(0, failures - Math.max(0, forgotten));
    }
  }

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Suspect, Record> records =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Suspect, Record> eldest) {
          return size() > MAX_KEYS;
        }
      };

  LoginThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Waits for the slower of the keys. Each key reserves its own next free moment, so that attempts
   * in parallel queue, and one who guesses from an address that waits long does not make the owner
   * of the account wait as long.
   */
  Admission admit(Suspect... keys) {
    lock.lock();
    try {
      var now = clock.instant();
      var start = now;
      for (var key : keys) {
        var record = records.get(key);
        if (record != null && record.nextFree().isAfter(start)) {
          start = record.nextFree();
        }
      }
      var wait = Duration.between(now, start);
      if (wait.compareTo(MAX_WAIT) > 0) {
        return new Admission.TooMany();
      }
      for (var key : keys) {
        reserve(key, now);
      }
      return new Admission.After(wait);
    } finally {
      lock.unlock();
    }
  }

  void failed(Suspect... keys) {
    lock.lock();
    try {
      var now = clock.instant();
      for (var key : keys) {
        var before = records.get(key);
        int failures = before == null ? 1 : Math.min(before.failuresAt(now) + 1, 1000);
        var free = now.plus(delay(key, failures));
        if (before != null && before.nextFree().isAfter(free)) {
          free = before.nextFree();
        }
        records.put(key, new Record(failures, now, free));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Halves what is held against the keys: a guesser may have one account of his own.
   *
   * @return whether anything was
   */
  boolean succeeded(Suspect... keys) {
    lock.lock();
    try {
      var now = clock.instant();
      boolean held = false;
      for (var key : keys) {
        held |= records.containsKey(key);
        records.computeIfPresent(
            key,
            (_, r) ->
                r.failuresAt(now) <= 1
                    ? null
                    : new Record(r.failuresAt(now) / 2, now, r.nextFree()));
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return records.size();
    } finally {
      lock.unlock();
    }
  }

  private void reserve(Suspect key, Instant now) {
    records.computeIfPresent(
        key,
        (_, r) -> {
          var from = r.nextFree().isAfter(now) ? r.nextFree() : now;
          return new Record(
              r.failures(), r.lastFailure(), from.plus(delay(key, r.failuresAt(now))));
        });
  }

  private static Duration delay(Suspect key, int failures) {
    if (failures <= FREE_FAILURES) {
      return Duration.ZERO;
    }
    var max =
        switch (key) {
          case Suspect.Address _ -> MAX_ADDRESS_DELAY;
          case Suspect.Account _ -> MAX_ACCOUNT_DELAY;
        };
    var doubled = FIRST_DELAY.multipliedBy(1L << Math.min(failures - FREE_FAILURES - 1, 10));
    return doubled.compareTo(max) < 0 ? doubled : max;
  }
}
