package org.malleposte.shard;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.malleposte.mailbox.StoreAnswer;

/**
 * What all nodes must agree on: accounts, published tables, placement, adoption claims. A small
 * replicated map from keys such as {@code account/alice} to bytes, with a version for each key.
 *
 * <p>Reads are of this node's replica, block on disk and may be some milliseconds old.
 */
public interface Directory {
  /** A value is small: tables are cut into parts by who publishes them. */
  int MAX_VALUE_BYTES = 512 * 1024;

  /**
   * @param version counts the writes of this key since it was created, from 1
   */
  record Entry(byte[] value, long version) {}

  /**
   * Writes a value.
   *
   * @param expectedVersion the write is refused with CONFLICT unless the key has this version; 0:
   *     unless it does not exist; empty: written in any case
   * @return the new version
   */
  CompletableFuture<StoreAnswer<Long>> put(String key, byte[] value, OptionalLong expectedVersion);

  /** Removes a key; done also when there is none. */
  CompletableFuture<StoreAnswer<Void>> delete(String key);

  Optional<Entry> get(String key);

  /** All keys that begin with {@code prefix}, in order. */
  Map<String, Entry> list(String prefix);

  /** As {@link #get}, but not older than the call: asks the leader, so it needs a majority. */
  CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key);

  /**
   * Calls {@code listener} with the key after each applied change below {@code prefix}, on the
   * shard's thread; after a snapshot was installed it is called with the prefix itself. It must not
   * block.
   */
  AutoCloseable watch(String prefix, Consumer<String> listener);
}
