package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.kv.MemoryKeyValueStore;
import org.malleposte.link.NodeName;
import org.malleposte.spool.Spool.PutOutcome;
import org.malleposte.spool.SpoolRecord.Origin;

/** An entry that comes again while it leaves, and the disk is busy with both. */
class SpoolOrderTest {
  private static final int LARGE = MessageBody.INLINE_MAX_BYTES + 10;

  private final ArrayDeque<Runnable> disk = new ArrayDeque<>();
  private final ArrayDeque<Runnable> lane = new ArrayDeque<>();
  private final RocksSpool spool =
      new RocksSpool(
          "0".repeat(SpoolId.LENGTH),
          new MemoryKeyValueStore(),
          disk::add,
          lane::add,
          new DiskSpace(() -> 1L << 40, 0),
          RocksSpool.Limits.DEFAULT);
  private final MessageBody body = Mails.body(new Random(1), LARGE);
  private final SpoolRecord record =
      Mails.record(
          Mails.id(1),
          LARGE,
          List.of(),
          new Origin.Flushed(new NodeName("b")),
          Mails.remote("bob@far.test"));

  private void run() {
    while (!disk.isEmpty() || !lane.isEmpty()) {
      (lane.isEmpty() ? disk : lane).poll().run();
    }
  }

  @Test
  void theBodyOfOneThatComesAgainIsNotDeletedWithTheFirst() throws Exception {
    spool.put(record, body, DiskSpace.Room.NEW_MAIL);
    run();
    // The put begins before the release and looks after it.
    var again = spool.put(record, body, DiskSpace.Room.NEW_MAIL);
    spool.release(List.of(record.id()), List.of());
    run();
    assertThat(again).isCompletedWithValue(new PutOutcome.Stored());
    assertThat(spool.body(record.id()).readAll()).isEqualTo(body.readAll());
  }

  @Test
  void oneThatIsFinishedMeanwhileIsKnown() {
    spool.put(record, body, DiskSpace.Room.NEW_MAIL);
    run();
    var again = spool.put(record, body, DiskSpace.Room.NEW_MAIL);
    spool.finish(List.of(record.id()));
    run();
    assertThat(again).isCompletedWithValue(new PutOutcome.AlreadyKnown());
    assertThat(spool.contains(record.id())).isFalse();
  }
}
