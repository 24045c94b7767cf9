package org.malleposte.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they came, on threads of another executor: state
 * that only such tasks touch needs no lock. A task that throws is logged; the next ones run.
 *
 * <p>The line of tasks is not bounded here: whoever feeds it bounds what it feeds.
 */
public final class SerialExecutor implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);
  // A thread is given back after so many tasks, so that one busy line does not starve the others.
  private static final int TASKS_PER_TURN = 64;

  private final Executor threads;
  private final ArrayDeque<Runnable> line = new ArrayDeque<>();
  private boolean running;

  public SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (line) {
      line.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.execute(this::turn);
  }

  private void turn() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task;
      synchronized (line) {
        task = line.poll();
        if (task == null) {
          running = false;
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("task failed", e);
      }
    }
    threads.execute(this::turn);
  }
}
