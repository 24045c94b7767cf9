package org.malleposte.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The secret that administration needs; who can read the node's data directory has it. */
public final class AdminToken {
  static final int BYTES = 32;
  private final byte[] value;

  private AdminToken(String value) {
    this.value = value.getBytes(StandardCharsets.UTF_8);
  }

  public static AdminToken of(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("empty token");
    }
    return new AdminToken(value);
  }

  /**
   * The token in {@code file}, which is made at the first start, readable by its owner only.
   *
   * @param random of cryptographic strength
   */
  public static AdminToken loadOrCreate(Path file, RandomGenerator random) throws IOException {
    try {
      String value = Files.readString(file).strip();
      if (!value.isEmpty()) {
        return new AdminToken(value);
      }
    } catch (NoSuchFileException _) {
      // The first start.
    }
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String value = HexFormat.of().formatHex(bytes);
    create(file, value);
    return new AdminToken(value);
  }

  /** Takes as long for a token that is nearly right as for one that is wrong from the start. */
  public boolean isSame(String other) {
    return MessageDigest.isEqual(value, other.getBytes(StandardCharsets.UTF_8));
  }

  // By way of a second file: a command that reads at this moment sees none, not half of one.
  private static void create(Path file, String value) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try {
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("another process creates " + file, e);
    }
    Files.writeString(draft, value + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
