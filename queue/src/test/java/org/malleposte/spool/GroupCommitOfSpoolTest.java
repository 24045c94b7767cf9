package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.body;
import static org.malleposte.spool.Mails.id;
import static org.malleposte.spool.Mails.local;
import static org.malleposte.spool.Mails.record;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.spool.DiskSpace.Room;

/** Many clients share a sync, counted, not timed. */
class GroupCommitOfSpoolTest {
  private static final int CLIENTS = 64;
  private static final int MAILS = 2000;

  @TempDir Path directory;

  @Test
  void syncsAreFarFewerThanMails() throws Exception {
    try (var committer = Executors.newSingleThreadExecutor();
        var blocking = Executors.newFixedThreadPool(2)) {
      var store =
          RocksKeyValueStore.open(directory.resolve("db"), RocksKeyValueStore.Tuning.DEFAULT);
      var spool =
          new RocksSpool(
              "0".repeat(SpoolId.LENGTH),
              store,
              committer,
              blocking,
              new DiskSpace(() -> 1L << 40, 0),
              RocksSpool.Limits.DEFAULT);
      var places = new Semaphore(CLIENTS);
      var random = new Random(1);
      var puts = new ArrayList<CompletableFuture<?>>();
      for (int i = 0; i < MAILS; i++) {
        places.acquire();
        puts.add(
            spool
                .put(record(id(i), 4096, local("alice")), body(random, 4096), Room.NEW_MAIL)
                .whenComplete((_, _) -> places.release()));
      }
      puts.forEach(CompletableFuture::join);
      assertThat(spool.depth().entries()).isEqualTo(MAILS);
      assertThat(spool.commitCounts().writes()).isEqualTo(MAILS);
      assertThat(spool.commitCounts().syncs()).isLessThan(MAILS / 8);
      spool.close();
    }
  }
}
