package org.malleposte.smtp;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.malleposte.blob.MessageBody;

/**
 * Collects one body: in memory up to {@link MessageBody#INLINE_MAX_BYTES}, or until {@link
 * ReceptionMemory} has no more; beyond, in a temporary file. Never blocks. Belongs to the
 * connection's thread.
 */
final class BodyWriter {
  private static final int FIRST_BYTES = 8 << 10;

  /** Where the bytes are. */
  private sealed interface Place {
    /** Grows; the array's beginning is left free. */
    record Memory(byte[] buffer) implements Place {}

    record Disk(BodySpill spill) implements Place {}

    /** There was not even memory to bring it to disk. */
    record Lost() implements Place {}

    record Gone() implements Place {}
  }

  private final BodyFiles files;
  private final ReceptionMemory memory;
  private final Executor context;
  private final Runnable onProgress;
  private final int reserved;
  private Place place;
  private int length;
  private long taken;

  /**
   * @param reservedBytes in front, for the trace header
   * @param expectedBytes a guess
   * @param context runs tasks on the connection's thread
   * @param onProgress there, after {@link #isCongested} may have changed
   */
  BodyWriter(
      int reservedBytes,
      long expectedBytes,
      BodyFiles files,
      ReceptionMemory memory,
      Executor context,
      Runnable onProgress) {
    this.files = files;
    this.memory = memory;
    this.context = context;
    this.onProgress = onProgress;
    reserved = reservedBytes;
    length = reservedBytes;
    // A promise is believed downwards only: a large one must not take memory that is not used.
    boolean small = expectedBytes > 0 && expectedBytes < FIRST_BYTES;
    int size = reservedBytes + (small ? (int) expectedBytes : FIRST_BYTES);
    place = new Place.Memory(new byte[size]);
    take(size);
  }

  void write(byte[] bytes, int offset, int count) {
    switch (place) {
      case Place.Memory(byte[] buffer) -> {
        if (length + count <= buffer.length || grow(buffer, count)) {
          System.arraycopy(bytes, offset, ((Place.Memory) place).buffer(), length, count);
          length += count;
        } else {
          spill(buffer, bytes, offset, count);
        }
      }
      case Place.Disk(var spill) -> spill.append(bytes, offset, count);
      case Place.Lost _, Place.Gone _ -> {}
    }
  }

  /** Whether the source should stop until {@code onProgress}. */
  boolean isCongested() {
    return place instanceof Place.Disk(var spill) && spill.isCongested();
  }

  /** Whether the body has been lost to a disk error, or for want of memory. */
  boolean hasFailed() {
    return switch (place) {
      case Place.Disk(var spill) -> spill.hasFailed();
      case Place.Lost _ -> true;
      case Place.Memory _, Place.Gone _ -> false;
    };
  }

  /**
   * Ends the body.
   *
   * @param front exactly as long as the reserved room
   * @return the body, whose owner closes it and then calls {@link #release}; fails when the disk
   *     does, and then nothing is left of it
   */
  CompletableFuture<MessageBody> finish(byte[] front) {
    if (front.length != reserved) {
      throw new IllegalArgumentException(front.length + " bytes for room of " + reserved);
    }
    return switch (place) {
      case Place.Memory(byte[] buffer) -> {
        System.arraycopy(front, 0, buffer, 0, reserved);
        place = new Place.Gone();
        byte[] bytes = length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        yield CompletableFuture.completedFuture(new MessageBody.InMemory(bytes));
      }
      case Place.Disk(var spill) -> {
        place = new Place.Gone();
        yield spill.finish(front);
      }
      case Place.Lost _ ->
          CompletableFuture.failedFuture(new IOException("no memory left for bodies"));
      case Place.Gone _ -> throw new IllegalStateException("the body is gone");
    };
  }

  /** Throws the body away; what is written later is ignored. */
  void discard() {
    if (place instanceof Place.Disk(var spill)) {
      spill.delete();
    }
    if (!(place instanceof Place.Gone)) {
      place = new Place.Gone();
      release();
    }
  }

  /** Gives the memory back: once the body is closed, or lost. */
  void release() {
    memory.give(taken);
    taken = 0;
  }

  /** Whether {@code count} more bytes now have room in memory. */
  private boolean grow(byte[] buffer, int count) {
    int limit = MessageBody.INLINE_MAX_BYTES;
    if (length + count > limit) {
      return false;
    }
    int size = Math.min(limit, Math.max(length + count, 2 * buffer.length));
    if (!memory.tryTake(size - buffer.length)) {
      return false;
    }
    taken += size - buffer.length;
    place = new Place.Memory(Arrays.copyOf(buffer, size));
    return true;
  }

  private void spill(byte[] buffer, byte[] bytes, int offset, int count) {
    // The first piece stays counted until the end: simpler than exact, and on the safe side.
    if (!memory.tryTakeForDisk(BodySpill.MEMORY_BYTES)) {
      place = new Place.Lost();
      return;
    }
    taken += BodySpill.MEMORY_BYTES;
    var spill = new BodySpill(reserved, files, context, onProgress);
    spill.write(buffer, reserved, length);
    place = new Place.Disk(spill);
    spill.append(bytes, offset, count);
  }

  private void take(long bytes) {
    memory.take(bytes);
    taken += bytes;
  }
}
