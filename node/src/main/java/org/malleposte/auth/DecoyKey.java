package org.malleposte.auth;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.shard.DirectoryMirror;

/**
 * The key of {@link DecoySalts}, the same on all nodes and for ever: it lies in the directory. The
 * first node that finds none makes one; until then each has its own. Thread-safe; never blocks.
 */
public final class DecoyKey implements Supplier<byte[]>, AutoCloseable {
  static final String PATH = "auth/decoy-key";
  static final int BYTES = 32;

  /** How often one is made again when the directory could not take it. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private final Directory directory;
  private final Timers timers;
  private final byte[] own = new byte[BYTES];
  private final DirectoryMirror mirror;
  private volatile Optional<byte[]> shared = Optional.empty();
  private volatile boolean closed;

  /**
   * Reads the directory at once, on the lane.
   *
   * @param random must not be predictable
   */
  public DecoyKey(Directory directory, BlockingLane lane, Timers timers, RandomGenerator random) {
    this.directory = directory;
    this.timers = timers;
    random.nextBytes(own);
    mirror =
        new DirectoryMirror(
            directory,
            PATH,
            lane,
            timers,
            new DirectoryMirror.Listener() {
              @Override
              public void replaced(Map<String, Directory.Entry> all) {
                found(Optional.ofNullable(all.get(PATH)));
              }

              @Override
              public void changed(String key, Optional<Directory.Entry> entry) {
                if (key.equals(PATH)) {
                  found(entry);
                }
              }
            });
  }

  @Override
  public byte[] get() {
    return shared.orElse(own);
  }

  private void found(Optional<Directory.Entry> entry) {
    entry.ifPresentOrElse(e -> shared = Optional.of(e.value()), this::make);
  }

  private void make() {
    if (closed || shared.isPresent()) {
      return;
    }
    // Only where there is none: whoever comes first makes it, and the others hear of it.
    CompletableFuture<StoreAnswer<Long>> made = directory.put(PATH, own, OptionalLong.of(0));
    made.whenComplete(
        (answer, failure) -> {
          if (failure != null || answer instanceof StoreAnswer.Unavailable<Long>) {
            timers.after(RETRY_AFTER, this::make);
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    mirror.close();
  }
}
