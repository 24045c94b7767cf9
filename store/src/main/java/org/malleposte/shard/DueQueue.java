package org.malleposte.shard;

import java.util.Arrays;
import java.util.Optional;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;

/**
 * Work that is due in the order of a number, such as the log's time: a family of keys. Remembers
 * where the first one may be, so that asking costs nothing until something is due, and a scan does
 * not walk over what has been deleted. Belongs to the applying thread.
 */
final class DueQueue {
  /** One piece of work. */
  record Due(byte[] key, long order, byte[] value) {}

  private final byte family;
  private byte[] from;
  private long earliest;

  DueQueue(byte family) {
    this.family = family;
    forget();
  }

  /** After the store was replaced, or changes were thrown away. */
  void forget() {
    from = ShardKeys.family(family);
    earliest = 0;
  }

  void add(Overlay changes, long order, byte[] what, byte[] value) {
    byte[] key = ShardKeys.queued(family, order, what);
    changes.put(key, value);
    earliest = Math.min(earliest, order);
    if (Arrays.compareUnsigned(key, from) < 0) {
      from = key;
    }
  }

  /** The first one in {@code store} whose order is below {@code before}. */
  Optional<Due> first(KeyValueStore store, long before) {
    if (earliest >= before) {
      return Optional.empty();
    }
    try (var cursor = store.scan(from, Keys.after(ShardKeys.family(family)))) {
      if (!cursor.next()) {
        earliest = Long.MAX_VALUE;
        return Optional.empty();
      }
      from = cursor.key();
      earliest = orderOf(from);
      return earliest < before
          ? Optional.of(new Due(from, earliest, cursor.value()))
          : Optional.empty();
    }
  }

  /** The work is done and its key deleted: the next {@link #first} is the one after it. */
  void passed(Due due) {
    from = Arrays.copyOf(due.key(), due.key().length + 1);
  }

  private static long orderOf(byte[] key) {
    long order = 0;
    for (int i = 1; i <= Long.BYTES; i++) {
      order = order << 8 | key[i] & 0xff;
    }
    return order;
  }
}
