package org.malleposte.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The version of a directory of data. A newer major is refused, since its bytes mean something that
 * this program does not know; an older one is upgraded by its owner before use; a newer minor only
 * adds fields, which are kept as they are.
 *
 * @param major counts changes that an older program must not touch
 * @param minor counts additions that an older program may ignore
 */
public record FormatVersion(int major, int minor) implements Comparable<FormatVersion> {
  /** The file in the directory: {@code spool 1.0} and a line feed. */
  public static final String FILE = "format";

  public FormatVersion {
    if (major < 1 || minor < 0) {
      throw new IllegalArgumentException("not a format version: " + major + "." + minor);
    }
  }

  /** The directory was written by a program that this one cannot follow, or is something else. */
  public static final class UnknownFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownFormatException(String message) {
      super(message);
    }
  }

  /**
   * Reads the version of a directory; a new (missing or empty) directory gets {@code current}.
   *
   * @param what the kind of data, such as {@code spool}
   * @return the version found: below {@code current}, the caller upgrades and calls {@link #write}
   * @throws UnknownFormatException when the directory is of a newer major, or holds another kind
   * @throws UncheckedIOException when the disk fails
   */
  public static FormatVersion open(Path directory, String what, FormatVersion current) {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(FILE);
      if (!Files.exists(file)) {
        requireNew(directory, what);
        write(directory, what, current);
        return current;
      }
      var found = parse(file, what, Files.readString(file).strip());
      if (found.major > current.major) {
        throw new UnknownFormatException(
            file
                + ": written in format "
                + found
                + " by a newer program, this one knows "
                + current
                + "; start the newer program, or another data directory");
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes, synced, that the directory is of {@code version} from now on. */
  public static void write(Path directory, String what, FormatVersion version) {
    writeSynced(directory.resolve(FILE), what + " " + version + "\n");
  }

  /** Replaces a small file so that after a crash there is the old one or the new one, whole. */
  public static void writeSynced(Path file, String text) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (var channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      // The rename itself is lost with the power unless the directory is synced too.
      try (var directory = FileChannel.open(file.toAbsolutePath().getParent())) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireNew(Path directory, String what) throws IOException {
    try (var files = Files.list(directory)) {
      // A crash before the first rename leaves the temporary file and nothing else.
      if (files.anyMatch(f -> !f.getFileName().toString().equals(FILE + ".new"))) {
        throw new UnknownFormatException(
            directory + ": not empty, and no " + what + " (it has no file " + FILE + ")");
      }
    }
  }

  private static FormatVersion parse(Path file, String what, String line) {
    String[] words = line.split(" ", -1);
    String[] numbers = words.length == 2 ? words[1].split("\\.", -1) : new String[0];
    if (numbers.length != 2 || !words[0].equals(what)) {
      throw new UnknownFormatException(file + ": expected \"" + what + " 1.0\", found: " + line);
    }
    try {
      return new FormatVersion(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    } catch (IllegalArgumentException e) {
      throw new UnknownFormatException(file + ": not a version: " + line);
    }
  }

  @Override
  public int compareTo(FormatVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
