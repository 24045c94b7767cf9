package org.malleposte.tables;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the files that {@code sendmail.mc} names. It names them as they lay on the sendmail
 * machine: a file of the same name beside the other tables is what is meant; else the one at that
 * very place.
 */
public final class TablePaths {
  /** Where all of it lies on a sendmail machine. */
  private static final String HOME = "/etc/mail/";

  private final Path directory;

  /**
   * @param directory {@code mail.tables}
   */
  public TablePaths(Path directory) {
    this.directory = directory;
  }

  /**
   * The file of a map or class, such as {@code hash -o /etc/mail/access} or {@code -o
   * /etc/mail/sendmail.cw %[^#]}.
   *
   * @param byDefault the name where the file says none, or one that does not exist
   */
  Path find(Optional<String> written, String byDefault) {
    return written.flatMap(this::find).orElse(directory.resolve(byDefault));
  }

  /** The file that is meant, if it exists. */
  public Optional<Path> find(String written) {
    for (String word : written.strip().split("\\s+")) {
      if (word.indexOf('/') >= 0 && !word.startsWith("-") && !word.startsWith("|")) {
        return existing(word.endsWith(".db") ? word.substring(0, word.length() - 3) : word);
      }
    }
    return Optional.empty();
  }

  private Optional<Path> existing(String word) {
    try {
      Path there = Path.of(word);
      Path name = there.getFileName();
      if (name == null) {
        return Optional.empty();
      }
      Path beside = directory.resolve(name.toString());
      Path below = directory.resolve(word.startsWith(HOME) ? word.substring(HOME.length()) : word);
      return Stream.of(beside, below, directory.resolve(there)).filter(Files::exists).findFirst();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
