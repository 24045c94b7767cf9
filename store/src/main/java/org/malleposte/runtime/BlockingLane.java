package org.malleposte.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded pool of platform threads for calls that block in native code (RocksDB pins the carrier
 * of a virtual thread). When {@code waiting} calls wait, a further one fails at once with {@link
 * java.util.concurrent.RejectedExecutionException}: the caller answers "later", memory stays
 * bounded.
 */
public final class BlockingLane implements AutoCloseable {
  private final ThreadPoolExecutor pool;

  /**
   * @param name thread names are {@code name-1}, {@code name-2}, ...
   * @param threads how many calls run at once
   * @param waiting how many more may wait
   */
  public BlockingLane(String name, int threads, int waiting) {
    var number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            task -> {
              var thread = new Thread(task, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Runs {@code task} on the lane; its exception becomes the future's. */
  public <T> CompletableFuture<T> call(Callable<T> task) {
    var result = new CompletableFuture<T>();
    pool.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  public CompletableFuture<Void> run(Runnable task) {
    return call(
        () -> {
          task.run();
          return null;
        });
  }

  /** How many calls wait for a thread: pause the source before this fills. */
  public int waiting() {
    return pool.getQueue().size();
  }

  /** Lets running calls end; takes no new ones. */
  @Override
  public void close() {
    pool.shutdown();
    try {
      if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
