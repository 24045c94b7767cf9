package org.malleposte.spool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.malleposte.blob.MessageBody;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.KeyValueStore.Sync;
import org.malleposte.kv.Keys;
import org.malleposte.kv.WriteBatch;

/**
 * Bodies in a {@link KeyValueStore}: up to {@link MessageBody#INLINE_MAX_BYTES} as one value,
 * larger ones as numbered chunks. Chunks are written before the record that names them, under a
 * mark that the record's own batch removes; what still has its mark after a crash was never
 * acknowledged.
 *
 * <p>Methods that touch the store block on disk. Thread-safe for different names.
 */
public final class Bodies {
  /** Of every chunk but the last. */
  public static final int CHUNK_BYTES = 256 * 1024;

  private static final byte INLINE = 'b';
  private static final byte CHUNK = 'c';
  private static final byte UNSEALED = 'w';

  private final KeyValueStore store;

  public Bodies(KeyValueStore store) {
    this.store = store;
  }

  /** Whether a body of this size is one value. */
  public static boolean isInline(long sizeBytes) {
    return sizeBytes <= MessageBody.INLINE_MAX_BYTES;
  }

  /** How many chunks a body of this size has. */
  public static int chunkCount(long sizeBytes) {
    return (int) ((sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** Adds a small body to the batch of its record. */
  public void putInline(WriteBatch batch, byte[] name, byte[] body) {
    batch.put(key(INLINE, name), body);
  }

  /** Writes one chunk, not synced: the batch that seals them syncs them all. Repeatable. */
  public void writeChunk(byte[] name, int index, byte[] chunk) {
    var batch = new WriteBatch().put(chunkKey(name, index), chunk);
    if (index == 0) {
      batch.put(key(UNSEALED, name), new byte[0]);
    }
    store.write(batch, Sync.BUFFERED);
  }

  /** Writes all chunks of a body, not synced. */
  public void writeChunks(byte[] name, MessageBody body) throws IOException {
    long left = body.sizeBytes();
    try (var in = body.open()) {
      for (int i = 0; left > 0; i++) {
        byte[] chunk = in.readNBytes((int) Math.min(CHUNK_BYTES, left));
        if (chunk.length == 0) {
          throw new IOException("body ends " + left + " bytes early");
        }
        writeChunk(name, i, chunk);
        left -= chunk.length;
      }
    }
  }

  /** Adds to the record's batch that its chunks are whole. */
  public void seal(WriteBatch batch, byte[] name) {
    batch.delete(key(UNSEALED, name));
  }

  /** Bytes of the chunks that are there, from the first one without a gap. */
  public long chunkBytes(byte[] name) {
    long bytes = 0;
    for (int i = 0; ; i++) {
      var chunk = store.get(chunkKey(name, i));
      if (chunk.isEmpty()) {
        return bytes;
      }
      bytes += chunk.get().length;
    }
  }

  public MessageBody read(byte[] name, long sizeBytes) {
    if (isInline(sizeBytes)) {
      return new MessageBody.InMemory(
          store.get(key(INLINE, name)).orElseThrow(() -> missing(sizeBytes)));
    }
    return new MessageBody.Stored(() -> openChunks(name, sizeBytes), sizeBytes);
  }

  public void delete(WriteBatch batch, byte[] name, long sizeBytes) {
    if (isInline(sizeBytes)) {
      batch.delete(key(INLINE, name));
    } else {
      deleteChunks(batch, name);
    }
  }

  private void deleteChunks(WriteBatch batch, byte[] name) {
    byte[] prefix = key(CHUNK, name);
    batch.deleteRange(prefix, Keys.after(prefix)).delete(key(UNSEALED, name));
  }

  /** Gives up what was written of a body. */
  public void discard(byte[] name) {
    var batch = new WriteBatch();
    deleteChunks(batch, name);
    store.write(batch, Sync.BUFFERED);
  }

  /**
   * After a crash: removes the chunks that no record names. Call before any other.
   *
   * @param hasRecord whether a record of that name is there. Its chunks are whole, whatever the
   *     mark says: a part that came again after all was written has set it once more
   */
  public void discardUnsealed(Predicate<byte[]> hasRecord) {
    var batch = new WriteBatch();
    try (var cursor = store.scan(new byte[] {UNSEALED}, new byte[] {UNSEALED + 1})) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        byte[] name = Arrays.copyOfRange(key, 1, key.length);
        if (hasRecord.test(name)) {
          batch.delete(key);
        } else {
          deleteChunks(batch, name);
        }
      }
    }
    if (!batch.isEmpty()) {
      store.write(batch, Sync.SYNCED);
    }
  }

  private InputStream openChunks(byte[] name, long sizeBytes) throws IOException {
    int count = chunkCount(sizeBytes);
    return new SequenceInputStream(
        new Enumeration<InputStream>() {
          private int next;

          @Override
          public boolean hasMoreElements() {
            return next < count;
          }

          @Override
          public InputStream nextElement() {
            if (next >= count) {
              throw new NoSuchElementException();
            }
            return new ByteArrayInputStream(
                store.get(chunkKey(name, next++)).orElseThrow(() -> missing(sizeBytes)));
          }
        });
  }

  private static UncheckedIOException missing(long sizeBytes) {
    return new UncheckedIOException(
        new IOException("body of " + sizeBytes + " bytes is not there any more"));
  }

  private static byte[] key(byte kind, byte[] name) {
    return ByteBuffer.allocate(1 + name.length).put(kind).put(name).array();
  }

  private static byte[] chunkKey(byte[] name, int index) {
    return ByteBuffer.allocate(1 + name.length + 4).put(CHUNK).put(name).putInt(index).array();
  }
}
