package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.malleposte.format.FormatVersion;

/**
 * The name of the disk behind a node's store: random, written once, synced, when the empty store
 * directory is first used. A Raft peer is (node name, store id), so a node whose disk was replaced
 * is a new peer: the old one had given votes that the new disk does not know of.
 *
 * <p>Crash states: no {@code format} (an empty directory: starts anew); {@code format} without
 * {@code id} and nothing else (crash between the two: gets an id now); {@code format} and {@code
 * id}. Anything else beside a missing {@code id} is damage, and is refused.
 *
 * @param id 16 hexadecimal digits
 */
public record StoreIdentity(String id) {
  static final FormatVersion FORMAT = new FormatVersion(1, 0);
  private static final String FILE = "id";
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{16}");

  public StoreIdentity {
    if (!SHAPE.matcher(id).matches()) {
      throw new IllegalArgumentException("not a store id: " + id);
    }
  }

  /**
   * Reads the identity, or gives one to an empty directory. Blocks on disk.
   *
   * @param directory {@code data/store}; created when missing
   * @throws StoreDamagedException when there is data but no identity
   */
  public static StoreIdentity open(Path directory, RandomGenerator random) {
    FormatVersion.open(directory, "store", FORMAT);
    Path file = directory.resolve(FILE);
    try {
      if (Files.exists(file)) {
        return read(file);
      }
      requireUnused(directory);
      var identity = new StoreIdentity(HexFormat.of().toHexDigits(random.nextLong()));
      FormatVersion.writeSynced(file, identity.id + "\n");
      return identity;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StoreIdentity read(Path file) throws IOException {
    String text = Files.readString(file).strip();
    if (!SHAPE.matcher(text).matches()) {
      throw new StoreDamagedException(file + ": not a store id: " + text);
    }
    return new StoreIdentity(text);
  }

  private static void requireUnused(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      var foreign =
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> !f.equals(FormatVersion.FILE) && !f.endsWith(".new"))
              .findFirst();
      if (foreign.isPresent()) {
        throw new StoreDamagedException(
            directory + ": has " + foreign.get() + " but no file " + FILE);
      }
    }
  }
}
