package org.malleposte.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.malleposte.format.FormatVersion;

/** Names the disk behind a spool: 32 hexadecimal digits of chance, made with the directory. */
public final class SpoolId {
  /** The file in the spool's directory. */
  public static final String FILE = "id";

  public static final int LENGTH = 32;

  private SpoolId() {}

  /**
   * Reads the id, or makes one in a new directory.
   *
   * @param random must not repeat itself: seed it from the system's entropy
   * @throws UncheckedIOException when the disk fails, or the file is damaged: a made-up id would
   *     give away what other nodes hold for the old one
   */
  public static String open(Path directory, RandomGenerator random) {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(FILE);
      if (!Files.exists(file)) {
        FormatVersion.writeSynced(file, create(random) + "\n");
      }
      return require(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new UncheckedIOException(
          new IOException(directory.resolve(FILE) + ": " + e.getMessage(), e));
    }
  }

  static String create(RandomGenerator random) {
    var bytes = new byte[LENGTH / 2];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static String require(String id) {
    if (id.length() != LENGTH
        || id.chars().anyMatch(c -> !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("not a spool id: " + id);
    }
    return id;
  }
}
