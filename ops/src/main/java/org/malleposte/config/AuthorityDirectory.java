package org.malleposte.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory of authorities as OpenSSL's {@code -CApath} has it: what counts is named by the hash
 * of its subject, {@code 9d66eef0.0}, mostly a link to a file with a better name. Whatever else
 * lies there, such as our own certificate and key, is no authority.
 */
public final class AuthorityDirectory {
  /** Ten times what a distribution trusts; a change means to read them all. */
  public static final int MAX_FILES = 1_000;

  private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.[0-9]{1,4}");

  private AuthorityDirectory() {}

  /**
   * The files that count, in the order of their names. Blocks.
   *
   * @throws IOException when it cannot be listed, or has more than {@link #MAX_FILES} of them
   */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> files =
          all.filter(file -> HASHED.matcher(file.getFileName().toString()).matches())
              .limit(MAX_FILES + 1)
              .sorted()
              .toList();
      if (files.size() > MAX_FILES) {
        throw new IOException("more than " + MAX_FILES + " authorities");
      }
      return files;
    }
  }
}
