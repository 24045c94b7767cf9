package org.malleposte.imap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where large messages of APPEND wait for their commit; on this node's own disk, used by this
 * alone. Thread-safe; its calls block on disk.
 *
 * <p>What a crash leaves there was never acknowledged, so the next start deletes it.
 */
final class UploadDirectory {
  private static final String SUFFIX = ".uploading";

  private final Path path;
  private boolean open;

  UploadDirectory(Path path) {
    this.path = path;
  }

  /**
   * Makes the directory and deletes what an earlier run left in it: once, before the first upload.
   * Every verticle calls it before it listens; later calls wait for the first and do nothing.
   */
  synchronized void open() throws IOException {
    if (open) {
      return;
    }
    Files.createDirectories(path);
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        Files.deleteIfExists(file);
      }
    }
    open = true;
  }

  Path create() throws IOException {
    return Files.createTempFile(path, "append-", SUFFIX);
  }
}
