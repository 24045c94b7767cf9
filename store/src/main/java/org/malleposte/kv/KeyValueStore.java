package org.malleposte.kv;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An ordered map from bytes to bytes (unsigned order) on the disk of this node.
 *
 * <p>All methods block on disk; call them on a {@code BlockingLane}. All are thread-safe. A failing
 * disk is a {@link java.io.UncheckedIOException}.
 */
public interface KeyValueStore extends AutoCloseable {
  /** Whether a write waits for the disk. */
  enum Sync {
    /** Returns once the bytes are on the medium. */
    SYNCED,
    /** May be lost with the machine, not with the process. */
    BUFFERED,
    /**
     * Not logged at all: durable only after {@link KeyValueStore#flush()}. For replicated state.
     */
    UNLOGGED
  }

  Optional<byte[]> get(byte[] key);

  /** Applies the whole batch or nothing of it. */
  void write(WriteBatch batch, Sync sync);

  /**
   * A consistent view of the keys from {@code from} (inclusive) to {@code to} (exclusive), in
   * order. The caller closes it.
   */
  Cursor scan(byte[] from, byte[] to);

  /** As {@link #scan}, from the highest key down. */
  Cursor scanDown(byte[] from, byte[] to);

  /** Makes everything written so far durable, unlogged writes included. */
  void flush();

  /**
   * Writes a consistent, openable copy into {@code directory}, which must not exist. Cheap: hard
   * links.
   */
  void checkpoint(Path directory);

  /** Bytes that the store occupies on disk, about. */
  long sizeBytes();

  @Override
  void close();

  /** Walks over entries; not thread-safe. */
  interface Cursor extends AutoCloseable {
    /** Moves to the next entry; before the first call there is none. */
    boolean next();

    byte[] key();

    byte[] value();

    @Override
    void close();
  }
}
