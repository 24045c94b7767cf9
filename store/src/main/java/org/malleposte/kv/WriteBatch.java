package org.malleposte.kv;

import java.util.ArrayList;
import java.util.List;

/** Changes that become visible, and durable, together. Not thread-safe. */
public final class WriteBatch {
  /** One change, in the order of the calls; the last one on a key wins. */
  public sealed interface Change {
    record Put(byte[] key, byte[] value) implements Change {}

    record Delete(byte[] key) implements Change {}

    /** Deletes from {@code from} (inclusive) to {@code to} (exclusive). */
    record DeleteRange(byte[] from, byte[] to) implements Change {}
  }

  private final List<Change> changes = new ArrayList<>();
  private long sizeBytes;

  public WriteBatch put(byte[] key, byte[] value) {
    sizeBytes += key.length + value.length;
    changes.add(new Change.Put(key, value));
    return this;
  }

  public WriteBatch delete(byte[] key) {
    sizeBytes += key.length;
    changes.add(new Change.Delete(key));
    return this;
  }

  public WriteBatch deleteRange(byte[] from, byte[] to) {
    sizeBytes += from.length + to.length;
    changes.add(new Change.DeleteRange(from, to));
    return this;
  }

  public void addAll(WriteBatch other) {
    changes.addAll(other.changes);
    sizeBytes += other.sizeBytes;
  }

  public List<Change> changes() {
    return changes;
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  public long sizeBytes() {
    return sizeBytes;
  }
}
