package org.malleposte.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.kv.KeyValueStore.Sync;

class RocksKeyValueStoreTest extends KeyValueStoreContract {
  @TempDir Path directory;

  @Override
  KeyValueStore open() {
    return open(directory.resolve("db"));
  }

  private static KeyValueStore open(Path path) {
    return RocksKeyValueStore.open(path, new RocksKeyValueStore.Tuning(1 << 20, 1 << 20));
  }

  @Test
  void aReopenedStoreHasWhatWasWritten() {
    put("a", "1");
    store.write(new WriteBatch().put(bytes("b"), new byte[5000]), Sync.UNLOGGED);
    store.flush();
    store.close();
    store = open();
    assertThat(store.get(bytes("a"))).isPresent();
    assertThat(store.get(bytes("b")).orElseThrow()).hasSize(5000);
  }

  @Test
  void aCheckpointIsAStoreOfItsOwn() {
    put("a", "1");
    store.write(new WriteBatch().put(bytes("body"), new byte[5000]), Sync.UNLOGGED);
    Path copy = directory.resolve("copy");
    store.checkpoint(copy);
    put("a", "2");
    try (var checkpoint = open(copy)) {
      assertThat(checkpoint.get(bytes("a")).orElseThrow()).isEqualTo(bytes("1"));
      assertThat(checkpoint.get(bytes("body"))).isPresent();
      checkpoint.write(new WriteBatch().delete(bytes("a")), Sync.SYNCED);
    }
    assertThat(store.get(bytes("a")).orElseThrow()).isEqualTo(bytes("2"));
    assertThatThrownBy(() -> store.checkpoint(copy)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void onlyOneOpensAStore() {
    assertThatThrownBy(this::open)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot open " + directory.resolve("db"))
        .hasMessageContaining("lock");
  }

  @Test
  void aDamagedStoreIsSaidToBeSo() throws IOException {
    put("a", "1");
    store.close();
    Files.writeString(directory.resolve("db/CURRENT"), "MANIFEST-777777\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot open");
    store = open(directory.resolve("other"));
  }

  @Test
  void largeValuesLieInBlobFiles() throws IOException {
    store.write(new WriteBatch().put(bytes("body"), new byte[100_000]), Sync.UNLOGGED);
    store.flush();
    try (var files = Files.list(directory.resolve("db"))) {
      assertThat(files.map(Path::toString)).anyMatch(name -> name.endsWith(".blob"));
    }
    assertThat(store.sizeBytes()).isGreaterThan(100_000);
  }
}
