package org.malleposte.handover;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.malleposte.handover.CopyWire.Answer;
import org.malleposte.handover.CopyWire.Item;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.Timers;

/**
 * Carries copies to one holder. A few requests are under way at once; what comes in meanwhile
 * gathers and shares the next. Thread-safe; never blocks.
 */
final class CopySender {
  /** A holder that takes longer is slower than another one is far: turn to that. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MAX_REQUESTS = 4;
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCH_ITEMS = 512;

  private record Waiting(Item item, CompletableFuture<Answer> answer) {}

  private final NodeLink link;
  private final NodeName holder;
  private final String spoolId;
  private final Timers timers;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private int requests;

  /**
   * @param spoolId of this node, the owner
   */
  CopySender(NodeLink link, NodeName holder, String spoolId, Timers timers) {
    this.link = link;
    this.holder = holder;
    this.spoolId = spoolId;
    this.timers = timers;
  }

  /** Fails with {@link LinkException} when the holder did not answer in time. */
  CompletableFuture<Answer> send(Item item) {
    var waiting = new Waiting(item, new CompletableFuture<>());
    boolean starts;
    synchronized (this) {
      queue.add(waiting);
      starts = requests < MAX_REQUESTS;
      if (starts) {
        requests++;
      }
    }
    if (starts) {
      sendNext();
    } else {
      limitWait(waiting);
    }
    return waiting.answer();
  }

  // Behind requests that hang it would wait for theirs to time out before its own began.
  private void limitWait(Waiting waiting) {
    var timer =
        timers.after(
            PATIENCE,
            () ->
                waiting
                    .answer()
                    .completeExceptionally(new LinkException(holder + " has not answered")));
    waiting.answer().whenComplete((_, _) -> timer.cancel());
  }

  private void sendNext() {
    var batch = gather();
    if (batch.isEmpty()) {
      return;
    }
    var put = new CopyWire.Put(spoolId, batch.stream().map(Waiting::item).toList());
    link.request(holder, CopiesService.PUT, CopyWire.encode(put), PATIENCE)
        .thenApply(CopyWire::decodeAnswers)
        .whenComplete(
            (answers, failure) -> {
              end(batch, answers, failure);
              sendNext();
            });
  }

  private synchronized List<Waiting> gather() {
    var batch = new ArrayList<Waiting>();
    int bytes = 0;
    while (!queue.isEmpty() && batch.size() < BATCH_ITEMS) {
      var next = queue.peek();
      if (next.answer().isDone()) {
        queue.poll();
        continue;
      }
      int size = next.item().sizeBytes();
      if (!batch.isEmpty() && bytes + size > BATCH_BYTES) {
        break;
      }
      bytes += size;
      batch.add(queue.poll());
    }
    if (batch.isEmpty()) {
      requests--;
    }
    return batch;
  }

  private void end(List<Waiting> batch, List<Answer> answers, Throwable failure) {
    for (int i = 0; i < batch.size(); i++) {
      var answer = batch.get(i).answer();
      if (failure != null) {
        answer.completeExceptionally(Futures.cause(failure));
      } else if (i < answers.size()) {
        answer.complete(answers.get(i));
      } else {
        answer.completeExceptionally(new LinkException(holder + " has answered to less"));
      }
    }
  }
}
