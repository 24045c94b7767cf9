package org.malleposte.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** Time that passes only when a test says so. One thread. */
public final class ManualTimers implements Timers, InstantSource {
  private static final class Task implements Timer, Comparable<Task> {
    private final Instant due;
    private final long order;
    private final Runnable runnable;
    private boolean cancelled;

    Task(Instant due, long order, Runnable runnable) {
      this.due = due;
      this.order = order;
      this.runnable = runnable;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Task other) {
      int byTime = due.compareTo(other.due);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private Instant now = Instant.ofEpochSecond(1_800_000_000);
  private long order;

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    var timer = new Task(now.plus(delay), order++, task);
    tasks.add(timer);
    return timer;
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    var current = new Timer[1];
    current[0] =
        after(
            period,
            () -> {
              task.run();
              current[0] = every(period, task);
            });
    return () -> current[0].cancel();
  }

  /** Lets time pass and runs what becomes due, in order. */
  public void advance(Duration duration) {
    var end = now.plus(duration);
    while (!tasks.isEmpty() && !tasks.peek().due.isAfter(end)) {
      var task = tasks.poll();
      now = task.due;
      if (!task.cancelled) {
        task.runnable.run();
      }
    }
    now = end;
  }

  /** How many timers run. */
  public long running() {
    return tasks.stream().filter(task -> !task.cancelled).count();
  }
}
