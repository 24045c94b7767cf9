package org.malleposte.smtp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.malleposte.runtime.BlockingLane;

/**
 * The directory for bodies too large for memory, and the threads that write them. Thread-safe.
 *
 * <p>What a crash leaves there was never acknowledged, so the next start deletes it.
 */
public final class BodyFiles {
  private static final String SUFFIX = ".receiving";

  private final Path directory;
  private final BlockingLane lane;

  private BodyFiles(Path directory, BlockingLane lane) {
    this.directory = directory;
    this.lane = lane;
  }

  /**
   * Makes the directory and deletes what an earlier run left in it. Blocks.
   *
   * @param directory on this node's own disk, used by this alone
   * @param lane with room for one waiting call for each connection
   */
  public static BodyFiles open(Path directory, BlockingLane lane) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        Files.deleteIfExists(file);
      }
    }
    return new BodyFiles(directory, lane);
  }

  /** A new file. Blocks: only inside {@link #run}. */
  Path create() throws IOException {
    return Files.createTempFile(directory, "body-", SUFFIX);
  }

  /** Runs a blocking task; a full lane is an answer too. */
  <T> CompletableFuture<T> run(Callable<T> task) {
    try {
      return lane.call(task);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
