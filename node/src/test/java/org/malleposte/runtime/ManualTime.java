package org.malleposte.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Timers and clock that move only by {@link #advance}. Tasks run on the caller's thread. */
public final class ManualTime implements Timers, InstantSource {
  private record Task(Instant due, long order, Duration period, Runnable task) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::due).thenComparing(Task::order));
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private long order;

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized Timer after(Duration delay, Runnable task) {
    return add(new Task(now.plus(delay), order++, Duration.ZERO, task));
  }

  @Override
  public synchronized Timer every(Duration period, Runnable task) {
    var cancelled = new boolean[1];
    Runnable guarded =
        () -> {
          if (!cancelled[0]) {
            task.run();
          }
        };
    var first = add(new Task(now.plus(period), order++, period, guarded));
    return () -> {
      cancelled[0] = true;
      first.cancel();
    };
  }

  public synchronized int pending() {
    return tasks.size();
  }

  public void advance(Duration by) {
    Instant end;
    synchronized (this) {
      end = now.plus(by);
    }
    for (var task = next(end); task != null; task = next(end)) {
      task.task().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Task next(Instant end) {
    var task = tasks.peek();
    if (task == null || task.due().isAfter(end)) {
      return null;
    }
    tasks.poll();
    now = task.due();
    if (!task.period().isZero()) {
      tasks.add(new Task(now.plus(task.period()), order++, task.period(), task.task()));
    }
    return task;
  }

  private Timer add(Task task) {
    tasks.add(task);
    return () -> {
      synchronized (this) {
        tasks.remove(task);
      }
    };
  }
}
