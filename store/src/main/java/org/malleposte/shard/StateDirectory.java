package org.malleposte.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import org.malleposte.format.FormatException;
import org.malleposte.format.FormatVersion;

/**
 * The directory of a group's state: a format version, what it was founded for, and a database
 * {@code db-N}; the file {@code current} says which N. A restore makes {@code db-N+1} complete and
 * synced before {@code current} names it, so a crash leaves the old state or the new one. What
 * {@code current} does not name is deleted when the directory is opened.
 */
final class StateDirectory {
  static final String KIND = "shard";
  static final FormatVersion VERSION = new FormatVersion(1, 1);

  /** The database in what {@link ShardState#snapshot} writes. */
  static final String SNAPSHOT_DATABASE = "db";

  private static final String CURRENT = "current";
  private static final String FOUNDED = "founded";
  private static final Pattern DATABASE = Pattern.compile("db-(\\d{1,18})");
  private static final Pattern IMMUTABLE = Pattern.compile(".*\\.(sst|blob)");

  private final Path directory;
  private long number;

  private StateDirectory(Path directory, long number) {
    this.directory = directory;
    this.number = number;
  }

  /**
   * @param founded what may never change, such as {@code group 1 of 2}
   * @throws FormatException for a newer format, or a directory founded for something else
   */
  static StateDirectory open(Path directory, String founded) {
    if (FormatVersion.open(directory, KIND, VERSION).compareTo(VERSION) < 0) {
      // Its records are read as they are, and written with what has come since.
      FormatVersion.write(directory, KIND, VERSION);
    }
    try {
      requireFounded(directory.resolve(FOUNDED), founded);
      if (!Files.exists(directory.resolve(CURRENT))) {
        FormatVersion.writeSynced(directory.resolve(CURRENT), "db-1\n");
      }
      var state = new StateDirectory(directory, current(directory.resolve(CURRENT)));
      state.deleteOthers();
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + directory, e);
    }
  }

  Path database() {
    return directory.resolve("db-" + number);
  }

  /** Copies a snapshot's database beside the current one. */
  Path prepare(Path snapshot) {
    try {
      Path fresh = next();
      deleteTree(fresh);
      copy(snapshot.resolve(SNAPSHOT_DATABASE), fresh);
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy snapshot " + snapshot, e);
    }
  }

  /** From here on the prepared database is the current one, also after a crash. */
  void switchToPrepared() {
    FormatVersion.writeSynced(directory.resolve(CURRENT), next().getFileName() + "\n");
    number++;
  }

  private Path next() {
    return directory.resolve("db-" + (number + 1));
  }

  private static void requireFounded(Path file, String founded) throws IOException {
    if (!Files.exists(file)) {
      FormatVersion.writeSynced(file, founded + "\n");
    }
    String found = Files.readString(file).strip();
    if (!found.equals(founded)) {
      throw new FormatException(
          file
              + ": holds "
              + found
              + ", not "
              + founded
              + "; the number of shards is fixed when a cluster is founded: set store.shards back");
    }
  }

  private static long current(Path file) throws IOException {
    var name = DATABASE.matcher(Files.readString(file).strip());
    if (!name.matches()) {
      throw new FormatException(file + ": damaged; remove " + file.getParent() + " to rebuild it");
    }
    return Long.parseLong(name.group(1));
  }

  /** Deletes every database but the current one. */
  void deleteOthers() {
    try (var files = Files.newDirectoryStream(directory, "db-*")) {
      for (Path file : files) {
        if (!file.equals(database())) {
          deleteTree(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tidy " + directory, e);
    }
  }

  // Tables and blobs never change, so a link is a copy; everything else RocksDB writes to.
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Path target = to.resolve(file.getFileName());
        if (!IMMUTABLE.matcher(file.getFileName().toString()).matches() || !link(file, target)) {
          Files.copy(file, target);
          sync(target);
        }
      }
    }
    sync(to);
  }

  private static boolean link(Path file, Path target) {
    try {
      Files.createLink(target, file);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // Another file system: copy.
    }
  }

  private static void sync(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
