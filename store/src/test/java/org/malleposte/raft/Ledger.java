package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.kv.WriteBatch;

/**
 * A state machine that keeps every entry it applied, in order, and knows repeats by the text of the
 * entry: it answers with the number that the entry has in the ledger.
 */
final class Ledger implements StateMachine {
  private static final byte[] POSITION = {'p'};

  private final Path directory;
  private KeyValueStore store;

  Ledger(Path directory) {
    this.directory = directory;
    open();
  }

  private void open() {
    store = RocksKeyValueStore.open(directory, new RocksKeyValueStore.Tuning(4 << 20, 1 << 20));
  }

  @Override
  public synchronized Position position() {
    return store
        .get(POSITION)
        .map(ByteBuffer::wrap)
        .map(b -> new Position(b.getLong(), b.getLong()))
        .orElse(Position.NONE);
  }

  private static byte[] bytes(long first, long second) {
    return ByteBuffer.allocate(16).putLong(first).putLong(second).array();
  }

  private static byte[] entryKey(long number) {
    return ByteBuffer.allocate(9).put((byte) 'e').putLong(number).array();
  }

  private static byte[] nameKey(String name) {
    return ("n" + name).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized byte[] apply(long term, long index, byte[] entry) {
    String text = new String(entry, StandardCharsets.UTF_8);
    if (text.startsWith("poison")) {
      throw new IllegalStateException("poisoned");
    }
    // Entries are a name, a space, and ballast.
    String name = text.split(" ", 2)[0];
    var known = store.get(nameKey(name));
    var batch = new WriteBatch().put(POSITION, bytes(term, index));
    byte[] answer;
    if (known.isPresent()) {
      answer = known.get();
    } else {
      long number = size();
      answer = ByteBuffer.allocate(8).putLong(number).array();
      batch.put(entryKey(number), entry).put(nameKey(name), answer);
      batch.put(new byte[] {'s'}, ByteBuffer.allocate(8).putLong(number + 1).array());
    }
    store.write(batch, KeyValueStore.Sync.UNLOGGED);
    return answer;
  }

  @Override
  public synchronized void skip(long term, long index) {
    store.write(new WriteBatch().put(POSITION, bytes(term, index)), KeyValueStore.Sync.UNLOGGED);
  }

  @Override
  public synchronized Position snapshot(Path target) {
    store.flush();
    store.checkpoint(target);
    return position();
  }

  @Override
  public synchronized void restore(Path source) {
    store.close();
    try {
      deleteAll(directory);
      Files.createDirectories(directory);
      try (var files = Files.list(source)) {
        for (var file : files.toList()) {
          Files.copy(file, directory.resolve(file.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open();
    store.flush();
  }

  static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  synchronized long size() {
    return store.get(new byte[] {'s'}).map(b -> ByteBuffer.wrap(b).getLong()).orElse(0L);
  }

  /** The number of the entry of that name. */
  synchronized Optional<Long> find(String name) {
    return store.get(nameKey(name)).map(b -> ByteBuffer.wrap(b).getLong());
  }

  /** The names of all entries, in order. */
  synchronized List<String> names() {
    var names = new ArrayList<String>();
    try (var cursor = store.scan(new byte[] {'e'}, new byte[] {'f'})) {
      while (cursor.next()) {
        names.add(new String(cursor.value(), StandardCharsets.UTF_8).split(" ", 2)[0]);
      }
    }
    return names;
  }

  @Override
  public synchronized void close() {
    store.close();
  }
}
