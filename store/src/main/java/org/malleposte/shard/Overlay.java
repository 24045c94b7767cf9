package org.malleposte.shard;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.WriteBatch;

/**
 * The changes of one entry, not yet written, over the store: commands of an entry see what those
 * before them did. Each key is written once, however often it changed. Not thread-safe.
 */
final class Overlay {
  // Told from a value by identity: an empty value is a value.
  private static final byte[] GONE = {};

  private final KeyValueStore store;
  private final Map<Key, byte[]> changes = new LinkedHashMap<>();

  Overlay(KeyValueStore store) {
    this.store = store;
  }

  private record Key(byte[] bytes, int hash) {
    Key(byte[] bytes) {
      this(bytes, Arrays.hashCode(bytes));
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }
  }

  /** What was there before this entry; never what this one has changed. */
  KeyValueStore written() {
    return store;
  }

  Optional<byte[]> get(byte[] key) {
    byte[] changed = changes.get(new Key(key));
    if (changed == null) {
      return store.get(key);
    }
    return changed == GONE ? Optional.empty() : Optional.of(changed);
  }

  void put(byte[] key, byte[] value) {
    changes.put(new Key(key), value);
  }

  void delete(byte[] key) {
    changes.put(new Key(key), GONE);
  }

  WriteBatch toBatch() {
    var batch = new WriteBatch();
    changes.forEach(
        (key, value) -> {
          if (value == GONE) {
            batch.delete(key.bytes());
          } else {
            batch.put(key.bytes(), value);
          }
        });
    return batch;
  }
}
