package org.malleposte.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * How far a group has been applied on this node, and who waits for more. Thread-safe; waiters
 * continue on the applying thread and must not block it.
 */
final class AppliedIndex {
  /** Over this a further wait fails at once with {@link RejectedExecutionException}. */
  static final int MAX_WAITERS = 100_000;

  private record Waiter(long index, CompletableFuture<Void> done) {}

  private final PriorityQueue<Waiter> waiters =
      new PriorityQueue<>((a, b) -> Long.compare(a.index, b.index));
  private long applied = -1;
  private Optional<Exception> failure = Optional.empty();

  synchronized long get() {
    return applied;
  }

  void advance(long index) {
    var due = new ArrayList<CompletableFuture<Void>>();
    synchronized (this) {
      applied = Math.max(applied, index);
      while (!waiters.isEmpty() && waiters.peek().index <= applied) {
        due.add(waiters.poll().done);
      }
    }
    due.forEach(d -> d.complete(null));
  }

  synchronized CompletableFuture<Void> await(long index) {
    if (index <= applied) {
      return CompletableFuture.completedFuture(null);
    }
    if (failure.isPresent()) {
      return CompletableFuture.failedFuture(failure.get());
    }
    if (waiters.size() >= MAX_WAITERS) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException("more than " + MAX_WAITERS + " wait for an index"));
    }
    var waiter = new Waiter(index, new CompletableFuture<>());
    waiters.add(waiter);
    return waiter.done;
  }

  /** There will be no more: who waits, now or later, fails. */
  void fail(Exception reason) {
    List<Waiter> all;
    synchronized (this) {
      failure = Optional.of(reason);
      all = List.copyOf(waiters);
      waiters.clear();
    }
    all.forEach(w -> w.done.completeExceptionally(reason));
  }
}
