package org.malleposte.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CopyWire.Answer;
import org.malleposte.kv.MemoryKeyValueStore;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.Mails;
import org.malleposte.spool.News;
import org.malleposte.spool.SpoolCodec;

/** Copies of one entry that come and go while the disk is busy. */
class HeldCopiesTest {
  private static final NodeName OWNER = new NodeName("a");
  private static final String SPOOL = "a".repeat(32);
  private static final int LARGE = MessageBody.INLINE_MAX_BYTES + 10;

  private final ArrayDeque<Runnable> disk = new ArrayDeque<>();
  private final HeldCopies held =
      new HeldCopies(
          new MemoryKeyValueStore(),
          disk::add,
          Runnable::run,
          new DiskSpace(() -> Long.MAX_VALUE, 0),
          () -> Mails.NOW);
  private final QueueId id = Mails.id(1);

  private void write() {
    while (!disk.isEmpty()) {
      disk.poll().run();
    }
  }

  private CompletableFuture<Answer> hold(long stamp, int size, Optional<byte[]> body) {
    var record = Mails.record(id, size, Mails.local("alice")).withStamp(stamp);
    return held.hold(OWNER, SPOOL, record, SpoolCodec.encode(record), body);
  }

  @Test
  void newsOfACopyDoesNotTakeTheNextOneWithIt() {
    byte[] body = {1, 2, 3};
    hold(5, body.length, Optional.of(body));
    write();
    // The disk is busy: the entry has come back, and the news of its first time comes only now.
    var second = hold(6, body.length, Optional.of(body));
    held.done(SPOOL, List.of(new News(id, 5)));
    write();
    assertThat(second).isCompletedWithValue(new Answer.Held());
    assertThat(held.read(SPOOL, id)).isPresent();
    assertThat(held.count()).isEqualTo(1);
  }

  @Test
  void newsOfACopyThatIsBeingWrittenTakesItAway() {
    byte[] body = {1, 2, 3};
    hold(5, body.length, Optional.of(body));
    write();
    var second = hold(6, body.length, Optional.of(body));
    held.done(SPOOL, List.of(new News(id, 6)));
    write();
    assertThat(second).isCompletedWithValue(new Answer.Finished());
    assertThat(held.read(SPOOL, id)).isEmpty();
    assertThat(held.count()).isZero();
  }

  @Test
  void partsThatComeAgainAreNotDeletedWithThoseBefore() throws Exception {
    byte[] body = Mails.body(new Random(1), LARGE).bytes();
    held.part(SPOOL, id, 0, body);
    hold(5, LARGE, Optional.empty());
    write();
    held.done(SPOOL, List.of(new News(id, 5)));
    var part = held.part(SPOOL, id, 0, body);
    write();
    assertThat(part).isCompletedWithValue(new Answer.Held());
    var second = hold(6, LARGE, Optional.empty());
    write();
    assertThat(second).isCompletedWithValue(new Answer.Held());
    assertThat(held.body(SPOOL, id, LARGE).readAll()).isEqualTo(body);
  }
}
