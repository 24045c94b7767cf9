package org.malleposte.tables;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.runtime.Timers;

/** Timers that fire when the test says so. */
final class HandTimers implements Timers {
  private final List<Runnable> waiting = new ArrayList<>();

  @Override
  public synchronized Timer after(Duration delay, Runnable task) {
    waiting.add(task);
    return () -> remove(task);
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    throw new UnsupportedOperationException("nothing here is done again and again");
  }

  synchronized int waiting() {
    return waiting.size();
  }

  void fireAll() {
    List<Runnable> due;
    synchronized (this) {
      due = List.copyOf(waiting);
      waiting.clear();
    }
    due.forEach(Runnable::run);
  }

  private synchronized void remove(Runnable task) {
    waiting.remove(task);
  }
}
