package org.malleposte.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Many writers, one sync: while the disk syncs one batch, what comes in gathers, and is written as
 * the next batch. Batches become durable in the order in which they came.
 *
 * <p>Thread-safe; never blocks, except {@link #close()}. Futures end on the committer's thread:
 * what depends on them must be short, or the next sync waits for it.
 */
public final class GroupCommit implements AutoCloseable {
  /**
   * @param batchBytes written with one sync, at most (a single larger write goes alone)
   * @param batchWrites gathered into one sync, at most
   * @param waitingBytes that may wait; a further write fails at once
   */
  public record Limits(long batchBytes, int batchWrites, long waitingBytes) {
    public static final Limits DEFAULT = new Limits(4L << 20, 4096, 128L << 20);
  }

  /** Syncs done and writes they carried, since the start. */
  public record Counts(long syncs, long writes) {}

  private static final long CLOSE_SECONDS = 30;

  private record Waiting(WriteBatch batch, CompletableFuture<Void> done) {}

  private enum State {
    IDLE,
    WRITING,
    /** Writes what waits, takes no more. */
    CLOSING,
    CLOSED
  }

  private final KeyValueStore store;
  private final Executor committer;
  private final Limits limits;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private State state = State.IDLE;
  private long waitingBytes;
  private volatile Counts counts = new Counts(0, 0);

  /**
   * @param committer blocks on the disk: a thread of its own. At most one task is there at a time.
   */
  public GroupCommit(KeyValueStore store, Executor committer, Limits limits) {
    this.store = store;
    this.committer = committer;
    this.limits = limits;
  }

  /**
   * Writes the batch, synced.
   *
   * @return fails with {@link UncheckedIOException} when the disk does (the batch may then be there
   *     or not), with {@link RejectedExecutionException} when too much waits or it is closed
   */
  public CompletableFuture<Void> commit(WriteBatch batch) {
    var waiting = new Waiting(batch, new CompletableFuture<>());
    synchronized (this) {
      if (state == State.CLOSING || state == State.CLOSED) {
        return rejected("closed");
      }
      if (waitingBytes + batch.sizeBytes() > limits.waitingBytes() && waitingBytes > 0) {
        return rejected(waitingBytes + " bytes wait for the disk");
      }
      queue.add(waiting);
      waitingBytes += batch.sizeBytes();
      if (state != State.IDLE) {
        return waiting.done();
      }
      state = State.WRITING;
    }
    committer.execute(this::writeNext);
    return waiting.done();
  }

  public Counts counts() {
    return counts;
  }

  private void writeNext() {
    var group = gather();
    try {
      var all = new WriteBatch();
      group.forEach(w -> all.addAll(w.batch()));
      store.write(all, KeyValueStore.Sync.SYNCED);
      counts = new Counts(counts.syncs() + 1, counts.writes() + group.size());
      group.forEach(w -> w.done().complete(null));
    } catch (RuntimeException | Error e) {
      group.forEach(w -> w.done().completeExceptionally(e));
    }
    next();
  }

  private synchronized List<Waiting> gather() {
    var group = new ArrayList<Waiting>();
    long bytes = 0;
    while (!queue.isEmpty() && group.size() < limits.batchWrites()) {
      long size = queue.peek().batch().sizeBytes();
      if (!group.isEmpty() && bytes + size > limits.batchBytes()) {
        break;
      }
      bytes += size;
      group.add(queue.poll());
    }
    waitingBytes -= bytes;
    return group;
  }

  private void next() {
    synchronized (this) {
      if (queue.isEmpty()) {
        if (state == State.CLOSING) {
          state = State.CLOSED;
          drained.complete(null);
        } else {
          state = State.IDLE;
        }
        return;
      }
    }
    committer.execute(this::writeNext);
  }

  private static CompletableFuture<Void> rejected(String why) {
    return CompletableFuture.failedFuture(new RejectedExecutionException(why));
  }

  /** Takes no more, and blocks until what waits is written. */
  @Override
  public void close() {
    synchronized (this) {
      if (state == State.IDLE) {
        state = State.CLOSED;
        drained.complete(null);
      } else if (state == State.WRITING) {
        state = State.CLOSING;
      }
    }
    try {
      drained.get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new UncheckedIOException(new IOException("the disk does not finish", e));
    }
  }
}
