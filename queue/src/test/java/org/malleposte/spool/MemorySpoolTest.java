package org.malleposte.spool;

import java.nio.file.Path;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.MemoryKeyValueStore;

class MemorySpoolTest extends SpoolContract {
  private final MemoryKeyValueStore memory = new MemoryKeyValueStore();

  @Override
  KeyValueStore openStore(Path at) {
    return memory;
  }
}
