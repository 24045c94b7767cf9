package org.malleposte.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Says no before the disk is full: what is refused with 452 now is sent again, what a full disk
 * breaks is not. Everything that writes mail to one disk shares one of these. It says yes again by
 * itself when there is room.
 */
public final class DiskSpace {
  /** For whom room is asked. */
  public enum Room {
    /** Mail that its sender still has. */
    NEW_MAIL,
    /** Mail that must go on living here though little is left: half of the reserve is for it. */
    TAKEN_OVER
  }

  /** Kept free for Raft logs, compaction and what is in flight. */
  private static final long RESERVE_BYTES = 512L << 20;

  private static final double RESERVE_SHARE = 0.05;
  private static final long RESERVE_MAX_BYTES = 8L << 30;
  // A small disk would be of no use with half a gigabyte untouched.
  private static final int SMALL_DISK_PART = 8;
  // A body is in the log and in a table until the log is dropped.
  private static final int WRITTEN_TIMES = 2;

  private final LongSupplier usableBytes;
  private final long reserveBytes;
  private final AtomicLong inFlight = new AtomicLong();

  /**
   * @param usableBytes asks the file system; must be quick
   * @param reserveBytes that stay free
   */
  public DiskSpace(LongSupplier usableBytes, long reserveBytes) {
    this.usableBytes = usableBytes;
    this.reserveBytes = reserveBytes;
  }

  /** The disk of a directory, with the reserve that suits its size. */
  public static DiskSpace of(Path directory) {
    try {
      var store = Files.getFileStore(directory);
      return new DiskSpace(
          () -> {
            try {
              return store.getUsableSpace();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          reserveFor(store.getTotalSpace()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * 512 MiB or 5 % of the disk, whichever is more, but at most 8 GiB, and at most an eighth of a
   * disk below 4 GiB.
   */
  static long reserveFor(long totalBytes) {
    long least = Math.min(RESERVE_BYTES, totalBytes / SMALL_DISK_PART);
    return Math.min(RESERVE_MAX_BYTES, Math.max(least, (long) (totalBytes * RESERVE_SHARE)));
  }

  /**
   * Sets room aside until {@link #release}.
   *
   * @return why there is none
   */
  public Optional<String> reserve(long bytes, Room room) {
    long keep =
        switch (room) {
          case NEW_MAIL -> reserveBytes;
          case TAKEN_OVER -> reserveBytes / 2;
        };
    long after = inFlight.addAndGet(bytes * WRITTEN_TIMES);
    long usable = usableBytes.getAsLong();
    if (usable - after >= keep) {
      return Optional.empty();
    }
    release(bytes);
    return Optional.of("disk: " + usable + " bytes usable, " + keep + " are kept free");
  }

  /** What was set aside is written, or was given up. */
  public void release(long bytes) {
    inFlight.addAndGet(-bytes * WRITTEN_TIMES);
  }

  /** Whether new mail would find room now; for gauges and health. */
  public boolean isLow() {
    return usableBytes.getAsLong() - inFlight.get() < reserveBytes;
  }
}
