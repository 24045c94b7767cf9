package org.malleposte.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the torn end off the newest file of a log, before Ratis reads it. A write that the crash cut
 * short was not synced, so nobody was told of it; yet Ratis takes the half entry for damage and
 * does not open, or, told to be lenient, drops whatever follows a damaged entry, acknowledged or
 * not. So the two are told apart here.
 *
 * <p>Files are filled with zeros before they are written, and a disk writes whole sectors. Hence an
 * entry that does not match its checksum is torn if one of its sectors is still all zero, and else
 * damaged. A damaged log makes this node give up its vote.
 *
 * <p>The file: {@code RaftLog1}, then entries (length as a varint, bytes, CRC32C of both), zeros.
 */
final class LogTail {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
  private static final int HEADER_BYTES = 8;
  private static final int SECTOR_BYTES = 512;
  private static final int MAX_VARINT_BYTES = 5;

  private final Path file;
  private final byte[] bytes;

  private LogTail(Path file) throws IOException {
    this.file = file;
    this.bytes = Files.readAllBytes(file);
  }

  /**
   * @param group the directory of a group, which must be closed
   * @throws StoreDamagedException when an entry is damaged, not torn
   */
  static void repair(Path group) throws IOException {
    Path logs = group.resolve("current");
    if (!Files.isDirectory(logs)) {
      return;
    }
    try (var files = Files.newDirectoryStream(logs, "log_inprogress_*")) {
      for (var file : files) {
        var torn = new LogTail(file).tornAt();
        if (torn.isPresent()) {
          LOG.warn("{}: cutting the entry that a crash tore at {}", file, torn.getAsInt());
          cut(file, torn.getAsInt());
        }
      }
    }
  }

  private static void cut(Path file, int length) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      channel.force(true);
    }
  }

  /** Where the first entry begins that is not whole. */
  private OptionalInt tornAt() {
    int at = HEADER_BYTES;
    while (at < bytes.length && bytes[at] != 0) {
      int end = endOfEntry(at);
      // Ratis itself knows an entry that the file's end cuts.
      if (end > bytes.length) {
        return OptionalInt.empty();
      }
      if (!matches(at, end)) {
        return torn(at, end);
      }
      at = end;
    }
    return at >= bytes.length || isZero(at, bytes.length)
        ? OptionalInt.empty()
        : torn(at, bytes.length);
  }

  private OptionalInt torn(int from, int to) {
    for (int at = from; at < to; at = nextSector(at)) {
      if (isZero(at, Math.min(to, nextSector(at)))) {
        return OptionalInt.of(from);
      }
    }
    throw new StoreDamagedException(file + ": the entry at " + from + " is damaged");
  }

  private static int nextSector(int at) {
    return (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
  }

  private int endOfEntry(int at) {
    int length = 0;
    for (int i = 0; i < MAX_VARINT_BYTES && at + i < bytes.length; i++) {
      length |= (bytes[at + i] & 0x7f) << (7 * i);
      if (bytes[at + i] >= 0) {
        long end = (long) at + i + 1 + length + Integer.BYTES;
        return length < 0 || end > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) end;
      }
    }
    return Integer.MAX_VALUE;
  }

  private boolean matches(int at, int end) {
    var checksum = new CRC32C();
    checksum.update(bytes, at, end - Integer.BYTES - at);
    return (int) checksum.getValue() == ByteBuffer.wrap(bytes).getInt(end - Integer.BYTES);
  }

  private boolean isZero(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
