package org.malleposte.tables;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.shard.Directory;

/** A directory in memory that can lose its majority. */
final class FakeDirectory implements Directory {
  final Map<String, Entry> entries = new TreeMap<>();
  private final Map<Consumer<String>, String> watches = new ConcurrentHashMap<>();
  private boolean available = true;
  int writes;

  synchronized FakeDirectory available(boolean value) {
    available = value;
    return this;
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> put(
      String key, byte[] value, OptionalLong expectedVersion) {
    synchronized (this) {
      if (!available) {
        return CompletableFuture.completedFuture(StoreAnswer.unavailable("no majority"));
      }
      if (value.length > MAX_VALUE_BYTES) {
        throw new IllegalArgumentException("value too large");
      }
      long version = entries.containsKey(key) ? entries.get(key).version() : 0;
      if (expectedVersion.orElse(version) != version) {
        return CompletableFuture.completedFuture(StoreAnswer.refused(StoreAnswer.Refusal.CONFLICT));
      }
      entries.put(key, new Entry(value.clone(), version + 1));
      writes++;
    }
    tell(key);
    return CompletableFuture.completedFuture(StoreAnswer.done(entries.get(key).version()));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(String key) {
    synchronized (this) {
      entries.remove(key);
    }
    tell(key);
    return CompletableFuture.completedFuture(StoreAnswer.done(null));
  }

  @Override
  public synchronized Optional<Entry> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized Map<String, Entry> list(String prefix) {
    var found = new TreeMap<>(entries);
    found.keySet().removeIf(key -> !key.startsWith(prefix));
    return found;
  }

  @Override
  public synchronized CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key) {
    return CompletableFuture.completedFuture(
        available ? StoreAnswer.done(get(key)) : StoreAnswer.unavailable("no majority"));
  }

  @Override
  public AutoCloseable watch(String prefix, Consumer<String> listener) {
    watches.put(listener, prefix);
    return () -> watches.remove(listener);
  }

  private void tell(String key) {
    watches.forEach(
        (listener, prefix) -> {
          if (key.startsWith(prefix)) {
            listener.accept(key);
          }
        });
  }
}
