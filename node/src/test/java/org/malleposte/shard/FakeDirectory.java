package org.malleposte.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;

/** The contract of {@link Directory} in memory, with failures to order. */
public final class FakeDirectory implements Directory {
  private record Watch(String prefix, Consumer<String> listener) {}

  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private int readsToFail;
  private boolean available = true;
  private boolean silent;
  private final List<Runnable> unanswered = new ArrayList<>();

  public synchronized void failReads(int count) {
    readsToFail = count;
  }

  public synchronized void setAvailable(boolean value) {
    available = value;
  }

  /** True: writes are answered when it is false again. */
  public void setSilent(boolean value) {
    List<Runnable> late;
    synchronized (this) {
      silent = value;
      late = List.copyOf(unanswered);
      unanswered.clear();
    }
    late.forEach(Runnable::run);
  }

  /** As when a snapshot is installed. */
  public void replaceAll(Map<String, byte[]> values) {
    synchronized (this) {
      entries.clear();
      values.forEach((key, value) -> entries.put(key, new Entry(value, 1)));
    }
    watches.forEach(w -> w.listener().accept(w.prefix()));
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> put(
      String key, byte[] value, OptionalLong expectedVersion) {
    long version;
    synchronized (this) {
      if (silent) {
        var later = new CompletableFuture<StoreAnswer<Long>>();
        unanswered.add(() -> put(key, value, expectedVersion).thenAccept(later::complete));
        return later;
      }
      if (!available) {
        return CompletableFuture.completedFuture(StoreAnswer.unavailable("no majority"));
      }
      long before = Optional.ofNullable(entries.get(key)).map(Entry::version).orElse(0L);
      if (expectedVersion.isPresent() && expectedVersion.getAsLong() != before) {
        return CompletableFuture.completedFuture(StoreAnswer.refused(Refusal.CONFLICT));
      }
      version = before + 1;
      entries.put(key, new Entry(value, version));
    }
    changed(key);
    return CompletableFuture.completedFuture(StoreAnswer.done(version));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(String key) {
    synchronized (this) {
      if (!available) {
        return CompletableFuture.completedFuture(StoreAnswer.unavailable("no majority"));
      }
      entries.remove(key);
    }
    changed(key);
    return CompletableFuture.completedFuture(StoreAnswer.done(null));
  }

  @Override
  public synchronized Optional<Entry> get(String key) {
    failIfOrdered();
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public synchronized Map<String, Entry> list(String prefix) {
    failIfOrdered();
    var found = new TreeMap<>(entries.tailMap(prefix));
    found.keySet().removeIf(key -> !key.startsWith(prefix));
    return found;
  }

  @Override
  public synchronized CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key) {
    return CompletableFuture.completedFuture(
        available
            ? StoreAnswer.done(Optional.ofNullable(entries.get(key)))
            : StoreAnswer.unavailable("no majority"));
  }

  @Override
  public AutoCloseable watch(String prefix, Consumer<String> listener) {
    var watch = new Watch(prefix, listener);
    watches.add(watch);
    return () -> watches.remove(watch);
  }

  private void changed(String key) {
    watches.stream().filter(w -> key.startsWith(w.prefix())).forEach(w -> w.listener().accept(key));
  }

  private void failIfOrdered() {
    if (readsToFail > 0) {
      readsToFail--;
      throw new UncheckedIOException(new IOException("disk"));
    }
  }
}
