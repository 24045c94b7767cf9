package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;

/**
 * How the flush to one deliverer goes, and when to go round the event bus. Pure but for what it has
 * been told; belongs to one thread.
 */
final class FlushLine {
  /** Batches under way at once. */
  static final int WINDOW = 4;

  /**
   * Of the first batch to a process: it may be cold, and is not to be found dead under thousands of
   * mails. Each that goes through doubles it.
   */
  static final int FIRST_BATCH_ENTRIES = 8;

  static final int MAX_BATCH_ENTRIES = 512;

  /** Mails under way at once by way of the fallback. */
  static final int FALLBACK_WINDOW = 8;

  /** So long no batch must have gone through before the event bus counts as broken. */
  private static final Duration BROKEN_AFTER = Duration.ofSeconds(20);

  private static final int BROKEN_FAILURES = 3;
  private static final Duration PROBE_PERIOD = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** The way that the next mails go. */
  enum Way {
    BUS,
    FALLBACK,
    NONE
  }

  private sealed interface Bus {
    record Well() implements Bus {}

    record Failing(int failures, Instant since, Instant pausedUntil) implements Bus {}

    /** Mails go by the fallback; a batch tries the bus from time to time. */
    record Broken(Instant nextProbe) implements Bus {}
  }

  private Bus bus = new Bus.Well();
  private int batchEntries = FIRST_BATCH_ENTRIES;
  private int batches;
  private int fallbacks;

  Way way(Instant now) {
    return switch (bus) {
      case Bus.Well _ -> batches < WINDOW ? Way.BUS : Way.NONE;
      // One at a time, until one has gone through.
      case Bus.Failing(_, _, var until) ->
          batches == 0 && !now.isBefore(until) ? Way.BUS : Way.NONE;
      case Bus.Broken(var probe) -> {
        if (batches == 0 && !now.isBefore(probe)) {
          yield Way.BUS;
        }
        yield fallbacks < FALLBACK_WINDOW ? Way.FALLBACK : Way.NONE;
      }
    };
  }

  /** When {@link #way} may change without anything happening; far away when it does not. */
  Instant nextChange() {
    return switch (bus) {
      case Bus.Well _ -> Instant.MAX;
      case Bus.Failing(_, _, var until) -> until;
      case Bus.Broken(var probe) -> probe;
    };
  }

  int underWay() {
    return batches;
  }

  /** Entries of the next batch, at most. */
  int batchEntries() {
    return batchEntries;
  }

  void batchBegins() {
    batches++;
  }

  void batchThrough() {
    batches--;
    batchEntries = Math.min(2 * batchEntries, MAX_BATCH_ENTRIES);
    bus = new Bus.Well();
  }

  /** It took nothing though it answered: not the bus's fault, but no reason to hurry either. */
  void batchPutOff(Instant now) {
    batches--;
    bus = new Bus.Failing(1, now, now.plus(FIRST_PAUSE));
  }

  void batchFailed(Instant now) {
    batches--;
    batchEntries = FIRST_BATCH_ENTRIES;
    bus =
        switch (bus) {
          case Bus.Well _ -> new Bus.Failing(1, now, now.plus(FIRST_PAUSE));
          case Bus.Failing(var failures, var since, _) -> failed(failures + 1, since, now);
          case Bus.Broken _ -> new Bus.Broken(now.plus(PROBE_PERIOD));
        };
  }

  private static Bus failed(int failures, Instant since, Instant now) {
    if (failures >= BROKEN_FAILURES && !now.isBefore(since.plus(BROKEN_AFTER))) {
      return new Bus.Broken(now.plus(PROBE_PERIOD));
    }
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    return new Bus.Failing(
        failures, since, now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause));
  }

  void fallbackBegins() {
    fallbacks++;
  }

  void fallbackEnds() {
    fallbacks--;
  }
}
