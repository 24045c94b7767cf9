package org.malleposte.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/** Time and chance of a simulation: events in the order of their time, all in one thread. */
final class SimWorld implements InstantSource {
  private record Event(Instant at, long number, Runnable task) {}

  final Random random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
  private Instant now = Instant.parse("2026-05-04T10:00:00Z");
  private long number;

  SimWorld(long seed) {
    random = new Random(seed);
  }

  @Override
  public Instant instant() {
    return now;
  }

  void after(Duration delay, Runnable task) {
    events.add(new Event(now.plus(delay), number++, task));
  }

  /** A delay of up to so many milliseconds. */
  Duration upTo(int millis) {
    return Duration.ofNanos(random.nextLong(millis * 1_000_000L));
  }

  /** Lets time pass. */
  void run(Duration time) {
    var end = now.plus(time);
    while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
      var event = events.poll();
      now = event.at();
      event.task().run();
    }
    now = end;
  }

  long events() {
    return number;
  }
}
