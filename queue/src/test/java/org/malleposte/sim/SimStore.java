package org.malleposte.sim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.MemoryKeyValueStore;
import org.malleposte.kv.WriteBatch;

/** A disk that forgets what was not synced when its machine crashes; some of it may survive. */
final class SimStore implements KeyValueStore {
  private static final byte[] FIRST = {};
  private static final byte[] LAST = {(byte) 0xff, (byte) 0xff};

  private final MemoryKeyValueStore durable = new MemoryKeyValueStore();
  private final List<WriteBatch> unsynced = new ArrayList<>();
  private MemoryKeyValueStore current = new MemoryKeyValueStore();
  int syncs;

  /** What a log keeps of unsynced writes is a beginning of them. */
  void crash(Random random) {
    int survive = random.nextInt(unsynced.size() + 1);
    unsynced.subList(0, survive).forEach(b -> durable.write(b, Sync.SYNCED));
    unsynced.clear();
    current = new MemoryKeyValueStore();
    try (var all = durable.scan(FIRST, LAST)) {
      while (all.next()) {
        current.write(new WriteBatch().put(all.key(), all.value()), Sync.SYNCED);
      }
    }
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return current.get(key);
  }

  @Override
  public void write(WriteBatch batch, Sync sync) {
    current.write(batch, sync);
    unsynced.add(batch);
    if (sync == Sync.SYNCED) {
      syncs++;
      unsynced.forEach(b -> durable.write(b, sync));
      unsynced.clear();
    }
  }

  @Override
  public Cursor scan(byte[] from, byte[] to) {
    return current.scan(from, to);
  }

  @Override
  public Cursor scanDown(byte[] from, byte[] to) {
    return current.scanDown(from, to);
  }

  @Override
  public void flush() {
    write(new WriteBatch(), Sync.SYNCED);
  }

  @Override
  public void checkpoint(Path directory) {
    current.checkpoint(directory);
  }

  @Override
  public long sizeBytes() {
    return current.sizeBytes();
  }

  @Override
  public void close() {}
}
