package org.malleposte.runtime;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Timers} on one daemon thread of the JDK. */
public final class ScheduledTimers implements Timers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduledTimers.class);
  private final ScheduledThreadPoolExecutor executor;

  public ScheduledTimers(String threadName) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var thread = new Thread(task, threadName);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return cancelling(executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    return cancelling(
        executor.scheduleWithFixedDelay(guarded(task), nanos, nanos, TimeUnit.NANOSECONDS));
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static Timer cancelling(ScheduledFuture<?> future) {
    return () -> future.cancel(false);
  }

  // The JDK would silently end a periodic task that throws once.
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.error("timer task failed", e);
      }
    };
  }
}
