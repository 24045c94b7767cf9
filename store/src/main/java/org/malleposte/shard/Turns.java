package org.malleposte.shard;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.malleposte.runtime.Timers;

/** Lets a few do something at once; the others wait for their turn, in order. Thread-safe. */
final class Turns {
  private final Timers timers;
  private final int maxWaiting;
  private final Set<CompletableFuture<Boolean>> waiting = new LinkedHashSet<>();
  private int free;

  /**
   * @param atOnce how many have a turn at the same time
   * @param maxWaiting how many more may wait
   */
  Turns(Timers timers, int atOnce, int maxWaiting) {
    this.timers = timers;
    this.free = atOnce;
    this.maxWaiting = maxWaiting;
  }

  /** True once it is the caller's turn, who must {@link #end} it; false when it was not in time. */
  CompletableFuture<Boolean> take(Duration timeout) {
    var turn = new CompletableFuture<Boolean>();
    synchronized (this) {
      if (free > 0) {
        free--;
        return CompletableFuture.completedFuture(true);
      }
      if (waiting.size() >= maxWaiting) {
        return CompletableFuture.completedFuture(false);
      }
      waiting.add(turn);
    }
    var timer = timers.after(timeout, () -> giveUp(turn));
    return turn.whenComplete((_, _) -> timer.cancel());
  }

  private void giveUp(CompletableFuture<Boolean> turn) {
    boolean waited;
    synchronized (this) {
      waited = waiting.remove(turn);
    }
    if (waited) {
      turn.complete(false);
    }
  }

  void end() {
    CompletableFuture<Boolean> next;
    synchronized (this) {
      if (waiting.isEmpty()) {
        free++;
        return;
      }
      next = waiting.iterator().next();
      waiting.remove(next);
    }
    next.complete(true);
  }
}
