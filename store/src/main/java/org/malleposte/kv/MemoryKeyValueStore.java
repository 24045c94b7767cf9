package org.malleposte.kv;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory, for tests of what stands on it; never for mail. */
public final class MemoryKeyValueStore implements KeyValueStore {
  private final TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);

  @Override
  public synchronized Optional<byte[]> get(byte[] key) {
    return Optional.ofNullable(entries.get(key)).map(byte[]::clone);
  }

  @Override
  public synchronized void write(WriteBatch batch, Sync sync) {
    for (var change : batch.changes()) {
      switch (change) {
        case WriteBatch.Change.Put(var key, var value) -> entries.put(key.clone(), value.clone());
        case WriteBatch.Change.Delete(var key) -> entries.remove(key);
        case WriteBatch.Change.DeleteRange(var from, var to) -> entries.subMap(from, to).clear();
      }
    }
  }

  @Override
  public synchronized Cursor scan(byte[] from, byte[] to) {
    return new MapCursor(copy(from, to));
  }

  @Override
  public synchronized Cursor scanDown(byte[] from, byte[] to) {
    return new MapCursor(copy(from, to).descendingMap());
  }

  private TreeMap<byte[], byte[]> copy(byte[] from, byte[] to) {
    return Arrays.compareUnsigned(from, to) < 0
        ? new TreeMap<>(entries.subMap(from, true, to, false))
        : new TreeMap<>(Arrays::compareUnsigned);
  }

  @Override
  public void flush() {}

  @Override
  public void checkpoint(Path directory) {
    throw new UncheckedIOException(new java.io.IOException("memory has no checkpoint"));
  }

  @Override
  public synchronized long sizeBytes() {
    return entries.entrySet().stream()
        .mapToLong(e -> e.getKey().length + e.getValue().length)
        .sum();
  }

  @Override
  public void close() {}

  private static final class MapCursor implements Cursor {
    private final Iterator<Map.Entry<byte[], byte[]>> iterator;
    private Map.Entry<byte[], byte[]> current;

    MapCursor(NavigableMap<byte[], byte[]> map) {
      iterator = map.entrySet().iterator();
    }

    @Override
    public boolean next() {
      current = iterator.hasNext() ? iterator.next() : null;
      return current != null;
    }

    @Override
    public byte[] key() {
      return current.getKey();
    }

    @Override
    public byte[] value() {
      return current.getValue();
    }

    @Override
    public void close() {}
  }
}
