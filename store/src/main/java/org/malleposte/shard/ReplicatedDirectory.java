package org.malleposte.shard;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.malleposte.link.LinkException;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;

/** The {@link Directory} in group 0. */
final class ReplicatedDirectory implements Directory {
  private final Shard shard;
  private final BlockingLane lane;
  private final Timers timers;
  private final Duration timeout;

  ReplicatedDirectory(Shard shard, BlockingLane lane, Timers timers, Duration timeout) {
    this.shard = shard;
    this.lane = lane;
    this.timers = timers;
    this.timeout = timeout;
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> put(
      String key, byte[] value, OptionalLong expectedVersion) {
    return shard
        .write(new ShardCommand.DirectoryPut(key, value, expectedVersion), timeout)
        .thenApply(Answers::refusals)
        .thenApply(
            answer ->
                answer.map(done -> Answers.expect(ShardAnswer.Version.class, done).version()));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(String key) {
    return shard
        .write(new ShardCommand.DirectoryDelete(key), timeout)
        .thenApply(Answers::refusals)
        .thenApply(Answers::nothing);
  }

  @Override
  public Optional<Entry> get(String key) {
    return shard.read(reader -> reader.directoryEntry(key));
  }

  @Override
  public Map<String, Entry> list(String prefix) {
    return shard.read(reader -> reader.directoryEntries(prefix));
  }

  @Override
  public CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key) {
    var reached = shard.group().readIndex(timeout).thenCompose(shard.group()::applied);
    var inTime = new CompletableFuture<StoreAnswer<Optional<Entry>>>();
    // The barrier has a time-out of its own; this node's replica may take longer.
    var timer =
        timers.after(timeout, () -> inTime.complete(StoreAnswer.unavailable("not caught up")));
    reached
        .thenCompose(_ -> Answers.onLane(lane, () -> get(key)))
        .whenComplete(
            (answer, failure) -> {
              timer.cancel();
              if (failure == null) {
                inTime.complete(answer);
              } else if (unwrap(failure) instanceof LinkException lost) {
                inTime.complete(StoreAnswer.unavailable(String.valueOf(lost.getMessage())));
              } else {
                inTime.completeExceptionally(failure);
              }
            });
    return inTime;
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public AutoCloseable watch(String prefix, Consumer<String> listener) {
    return shard.watches().watch(prefix, listener);
  }
}
