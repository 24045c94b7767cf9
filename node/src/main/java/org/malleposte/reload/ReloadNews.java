package org.malleposte.reload;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.shard.DirectoryMirror;

/**
 * The id of the last reload, in the directory under {@code reload/last}: a node that was hung or
 * cut off in it hears of it here when it is back. What stands there at its start is no news, since
 * it has just read its files. Thread-safe.
 */
final class ReloadNews implements AutoCloseable {
  private static final String PREFIX = "reload/";
  private static final String KEY = PREFIX + "last";

  private final Directory directory;
  private final DirectoryMirror mirror;

  /**
   * @param listener told on the lane of each id that comes after the start
   */
  ReloadNews(Directory directory, BlockingLane lane, Timers timers, Consumer<String> listener) {
    this.directory = directory;
    mirror = new DirectoryMirror(directory, PREFIX, lane, timers, new News(listener));
  }

  /** Called on the lane, one call at a time. */
  private static final class News implements DirectoryMirror.Listener {
    private final Consumer<String> listener;
    private boolean started;

    News(Consumer<String> listener) {
      this.listener = listener;
    }

    @Override
    public void replaced(Map<String, Directory.Entry> all) {
      if (started) {
        // After a snapshot: it may hold what we have missed.
        changed(KEY, Optional.ofNullable(all.get(KEY)));
      }
      started = true;
    }

    @Override
    public void changed(String key, Optional<Directory.Entry> entry) {
      entry
          .filter(_ -> key.equals(KEY))
          .map(e -> new String(e.value(), StandardCharsets.US_ASCII))
          .ifPresent(listener);
    }
  }

  /** Tells all. Empty when it is written, else why not. */
  CompletableFuture<Optional<String>> tell(byte[] id) {
    return directory
        .put(KEY, id, OptionalLong.empty())
        .thenApply(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Long> _ -> Optional.<String>empty();
                  case StoreAnswer.Refused<Long>(var why) -> Optional.of(why.toString());
                  case StoreAnswer.Unavailable<Long>(var detail) -> Optional.of(detail);
                })
        .exceptionally(failure -> Optional.of(failure.toString()));
  }

  @Override
  public void close() {
    mirror.close();
  }
}
