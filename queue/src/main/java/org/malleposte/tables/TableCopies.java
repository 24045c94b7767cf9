package org.malleposte.tables;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.malleposte.format.FormatException;
import org.malleposte.format.FormatVersion;
import org.malleposte.link.NodeName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The published tables on disk, {@code data/tables}: a file {@code NODE.tables} for each primary,
 * which holds the SHA-256 of the rest (32 bytes), then the rest as published. A file is replaced as
 * a whole: after a crash there is the old one or the new one. Blocks; one thread at a time.
 */
public final class TableCopies {
  private static final Logger LOG = LoggerFactory.getLogger(TableCopies.class);
  private static final FormatVersion VERSION = new FormatVersion(1, 0);
  private static final String END = ".tables";
  private static final int DIGEST_BYTES = 32;

  private final Path directory;

  /**
   * @param directory made when missing
   * @throws FormatVersion.UnknownFormatException when a newer program has written it
   */
  public TableCopies(Path directory) {
    this.directory = directory;
    FormatVersion.open(directory, "tables", VERSION);
  }

  /** What a secondary last knew, for commands that explain it while it is down. */
  public PublishedView lastKnown() {
    var known = new ArrayList<PublishedTables>();
    read()
        .forEach(
            (primary, packed) -> {
              try {
                known.add(TablesCodec.decode(primary, packed.unpack()));
              } catch (FormatException e) {
                LOG.error("the copy of the tables of {} is damaged and not used", primary, e);
              }
            });
    return known.isEmpty() ? new PublishedView.Awaited() : new PublishedView.Known(known);
  }

  /** All copies that are whole; others are told and left alone. */
  Map<NodeName, PackedTables> read() {
    var copies = new TreeMap<NodeName, PackedTables>();
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(END)).toList()) {
        String name = file.getFileName().toString();
        var primary = new NodeName(name.substring(0, name.length() - END.length()));
        read(file).ifPresent(packed -> copies.put(primary, packed));
      }
      return copies;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<PackedTables> read(Path file) throws IOException {
    if (Files.size(file) > PackedTables.MAX_PACKED_BYTES + DIGEST_BYTES) {
      LOG.error("{} is too large and not used", file);
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.remaining() > DIGEST_BYTES) {
      byte[] digest = new byte[DIGEST_BYTES];
      byte[] rest = new byte[bytes.remaining() - DIGEST_BYTES];
      bytes.get(digest).get(rest);
      PackedTables packed = PackedTables.of(rest);
      if (packed.digest().equals(HexFormat.of().formatHex(digest))) {
        return Optional.of(packed);
      }
    }
    LOG.error("{} is damaged and not used; it is replaced when the directory can be read", file);
    return Optional.empty();
  }

  void write(NodeName primary, PackedTables packed) {
    Path file = file(primary);
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(next);
      try (var channel =
          FileChannel.open(
              next,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              // Hashes of passwords are in it.
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        writeAll(channel, HexFormat.of().parseHex(packed.digest()));
        writeAll(channel, packed.bytes());
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(NodeName primary) {
    try {
      Files.deleteIfExists(file(primary));
      syncDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(NodeName primary) {
    // A node's name is a host name: it has no slash, or it is refused here.
    if (primary.value().indexOf('/') >= 0) {
      throw new IllegalArgumentException("node name with a slash: " + primary);
    }
    return directory.resolve(primary + END);
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    for (var rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
      channel.write(rest);
    }
  }

  private void syncDirectory() throws IOException {
    try (var channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }
}
