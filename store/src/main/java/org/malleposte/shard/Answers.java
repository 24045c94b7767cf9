package org.malleposte.shard;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;

/** From what the state answers to what callers of the store see. */
final class Answers {
  private Answers() {}

  /** A refusal inside becomes the answer itself; an upload that got lost may be made again. */
  static StoreAnswer<ShardAnswer> refusals(StoreAnswer<ShardAnswer> answer) {
    return switch (answer) {
      case StoreAnswer.Done<ShardAnswer>(ShardAnswer.Refused(var why)) -> StoreAnswer.refused(why);
      case StoreAnswer.Done<ShardAnswer>(ShardAnswer.BodyMissing()) ->
          StoreAnswer.unavailable("the body was lost on its way");
      case StoreAnswer.Done<ShardAnswer> done -> done;
      case StoreAnswer.Refused<ShardAnswer> refused -> refused;
      case StoreAnswer.Unavailable<ShardAnswer> unavailable -> unavailable;
    };
  }

  /**
   * @throws IllegalStateException for another answer: a bug, or an id used for two things
   */
  static <T extends ShardAnswer> T expect(Class<T> type, ShardAnswer answer) {
    if (!type.isInstance(answer)) {
      throw new IllegalStateException("expected " + type.getSimpleName() + ", got " + answer);
    }
    return type.cast(answer);
  }

  static StoreAnswer<Void> nothing(StoreAnswer<ShardAnswer> answer) {
    return answer.map(_ -> null);
  }

  /** Runs {@code task} on the lane; a full lane is {@code Unavailable}. */
  static <T> CompletableFuture<StoreAnswer<T>> onLane(BlockingLane lane, Callable<T> task) {
    try {
      return lane.call(task).thenApply(StoreAnswer::done);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(
          StoreAnswer.unavailable("too many reads wait for the disk"));
    }
  }
}
