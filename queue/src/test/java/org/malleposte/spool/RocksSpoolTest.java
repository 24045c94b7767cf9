package org.malleposte.spool;

import java.nio.file.Path;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.RocksKeyValueStore;

class RocksSpoolTest extends SpoolContract {
  @Override
  KeyValueStore openStore(Path at) {
    return RocksKeyValueStore.open(at, RocksKeyValueStore.Tuning.DEFAULT);
  }
}
