package org.malleposte.handover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.FlushWire.Part;
import org.malleposte.handover.FlushWire.PartAnswer;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.DiskSpace;

/**
 * Large bodies that come in parts, in files that nothing depends on: what commits them syncs its
 * own copy. All methods block on disk; thread-safe.
 */
final class PartialBodies {
  /** Bodies that may be on their way at once. */
  private static final int MAX_BODIES = 64;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private record Partial(Path file, long received, Instant at) {}

  private final Path directory;
  private final DiskSpace disk;
  private final InstantSource clock;
  private final Map<QueueId, Partial> partials = new HashMap<>();
  private long files;

  /**
   * @param directory for temporary files; what a crash has left there is removed
   */
  PartialBodies(Path directory, DiskSpace disk, InstantSource clock) {
    this.directory = directory;
    this.disk = disk;
    this.clock = clock;
    try {
      Files.createDirectories(directory);
      try (var left = Files.list(directory)) {
        for (var file : left.toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized PartAnswer write(Part part) {
    var partial = partials.get(part.id());
    if (part.offset() == 0) {
      if (partial == null && partials.size() >= MAX_BODIES) {
        dropStale();
        if (partials.size() >= MAX_BODIES) {
          return PartAnswer.NO_ROOM;
        }
      }
    } else if (partial == null || partial.received() != part.offset()) {
      return PartAnswer.RESTART;
    }
    int size = part.bytes().length;
    if (disk.reserve(size, DiskSpace.Room.NEW_MAIL).isPresent()) {
      return PartAnswer.NO_ROOM;
    }
    try {
      // A new file each time: one that was taken may still be read while its parts come again.
      var file = part.offset() == 0 ? directory.resolve(part.id() + "-" + files++) : partial.file();
      append(file, part);
      if (partial != null && !partial.file().equals(file)) {
        new MessageBody.InFile(partial.file(), partial.received()).close();
      }
      partials.put(part.id(), new Partial(file, part.offset() + size, clock.instant()));
      return PartAnswer.WRITTEN;
    } finally {
      disk.release(size);
    }
  }

  private static void append(Path file, Part part) {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(part.offset());
      channel.position(part.offset());
      var bytes = ByteBuffer.wrap(part.bytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body, if it is whole; it is the caller's from here on, who closes it. */
  synchronized Optional<MessageBody> take(QueueId id, long sizeBytes) {
    var partial = partials.get(id);
    if (partial == null || partial.received() != sizeBytes) {
      return Optional.empty();
    }
    partials.remove(id);
    return Optional.of(new MessageBody.InFile(partial.file(), sizeBytes));
  }

  private void dropStale() {
    var limit = clock.instant().minus(PATIENCE);
    partials
        .values()
        .removeIf(
            partial -> {
              if (!partial.at().isBefore(limit)) {
                return false;
              }
              new MessageBody.InFile(partial.file(), partial.received()).close();
              return true;
            });
  }
}
