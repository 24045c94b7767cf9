package org.malleposte.kv;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemoryKeyValueStoreTest extends KeyValueStoreContract {
  @Override
  KeyValueStore open() {
    return new MemoryKeyValueStore();
  }

  @Test
  void memoryHasNoCheckpoint() {
    assertThatThrownBy(() -> store.checkpoint(Path.of("nowhere")))
        .isInstanceOf(UncheckedIOException.class);
  }
}
