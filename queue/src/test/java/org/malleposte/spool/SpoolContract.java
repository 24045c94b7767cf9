package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.malleposte.spool.Mails.HOLDER;
import static org.malleposte.spool.Mails.body;
import static org.malleposte.spool.Mails.id;
import static org.malleposte.spool.Mails.local;
import static org.malleposte.spool.Mails.record;
import static org.malleposte.spool.Mails.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.link.NodeName;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.spool.DiskSpace.Room;
import org.malleposte.spool.Spool.PutOutcome;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord.Origin;
import org.malleposte.spool.SpoolRecord.Warning;

/** What any spool does, on any store. */
abstract class SpoolContract {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final Origin FLUSHED = new Origin.Flushed(new NodeName("c"));

  @TempDir Path directory;
  private final ExecutorService committer = Executors.newSingleThreadExecutor();
  private final ExecutorService blocking = Executors.newFixedThreadPool(2);
  private long usableBytes = 1L << 40;
  private KeyValueStore store;
  private Spool spool;

  /** Opens the same store again after {@link #reopen}. */
  abstract KeyValueStore openStore(Path at);

  @BeforeEach
  void open() {
    store = openStore(directory.resolve("db"));
    spool = spoolOn(store);
  }

  private Spool spoolOn(KeyValueStore on) {
    return new RocksSpool(
        ID,
        on,
        committer,
        blocking,
        new DiskSpace(() -> usableBytes, 1 << 20),
        new RocksSpool.Limits(1000, 1 << 30));
  }

  private void reopen() {
    spool.close();
    open();
  }

  @AfterEach
  void close() {
    spool.close();
    committer.shutdownNow();
    blocking.shutdownNow();
  }

  @Test
  void keepsEntryAndBody() throws IOException {
    var record = record(id(1), 4096, local("alice"), remote("bob@far.test"));
    var body = body(new Random(1), 4096);
    assertThat(put(record, body)).isInstanceOf(PutOutcome.Stored.class);
    for (int i = 0; i < 2; i++) {
      assertThat(spool.read(id(1))).contains(record);
      assertThat(spool.body(id(1)).readAll()).isEqualTo(body.bytes());
      assertThat(spool.list(Optional.empty(), 10)).containsExactly(record);
      assertThat(spool.depth()).isEqualTo(new Spool.Depth(1, 4096, Optional.of(id(1).time())));
      reopen();
    }
  }

  @Test
  void keepsBodiesOfAllSizes() throws IOException {
    var random = new Random(2);
    int limit = MessageBody.INLINE_MAX_BYTES;
    int[] sizes = {0, 1, limit - 1, limit, limit + 1, 3 * limit, 3 * limit + 7};
    var bodies = new ArrayList<byte[]>();
    for (int i = 0; i < sizes.length; i++) {
      var body = body(random, sizes[i]);
      bodies.add(body.bytes());
      assertThat(put(record(id(i), sizes[i], local("alice")), inFile(body, i)))
          .isInstanceOf(PutOutcome.Stored.class);
    }
    reopen();
    for (int i = 0; i < sizes.length; i++) {
      assertThat(spool.body(id(i)).sizeBytes()).isEqualTo(sizes[i]);
      assertThat(spool.body(id(i)).readAll()).isEqualTo(bodies.get(i));
    }
    spool.finish(List.of(id(3), id(5))).join();
    assertThat(spool.body(id(6)).readAll()).isEqualTo(bodies.get(6));
    assertThatThrownBy(() -> spool.body(id(5))).hasMessageContaining("not in the spool");
  }

  private MessageBody inFile(MessageBody.InMemory body, int number) throws IOException {
    Path file = directory.resolve("body-" + number);
    Files.write(file, body.bytes());
    return new MessageBody.InFile(file, body.sizeBytes());
  }

  @Test
  void aBodyThatCannotBeReadLeavesNothing() throws IOException {
    int size = 3 * MessageBody.INLINE_MAX_BYTES;
    Path file = directory.resolve("short");
    Files.write(file, new byte[size - 5]);
    var shortBody = new MessageBody.InFile(file, size);
    assertThat(spool.put(record(id(1), size, local("alice")), shortBody, Room.NEW_MAIL))
        .failsWithin(Duration.ofSeconds(10));
    assertThat(spool.contains(id(1))).isFalse();
    assertThat(new Bodies(store).chunkBytes(SpoolKeys.name(id(1)))).isZero();
  }

  @Test
  void chunksWithoutAnEntryAreRemovedAtTheNextStart() {
    var bodies = new Bodies(store);
    bodies.writeChunk(SpoolKeys.name(id(1)), 0, new byte[Bodies.CHUNK_BYTES]);
    bodies.writeChunk(SpoolKeys.name(id(1)), 1, new byte[17]);
    reopen();
    assertThat(new Bodies(store).chunkBytes(SpoolKeys.name(id(1)))).isZero();
  }

  @Test
  void listsOldestFirstInPages() {
    for (int i : new int[] {3, 1, 4, 2, 5}) {
      put(record(id(i), 1, local("alice")), body(new Random(i), 1));
    }
    assertThat(ids(Optional.empty(), 2)).containsExactly(id(1), id(2));
    assertThat(ids(Optional.of(id(2)), 2)).containsExactly(id(3), id(4));
    assertThat(ids(Optional.of(id(4)), 2)).containsExactly(id(5));
    assertThat(spool.briefs(Optional.of(id(4)), 9)).hasSize(1);
  }

  private List<QueueId> ids(Optional<QueueId> after, int limit) {
    return spool.list(after, limit).stream().map(SpoolRecord::id).toList();
  }

  @Test
  void changesAreKeptInTheOrderTheyCame() {
    put(record(id(1), 1, local("alice"), remote("bob@far.test")), body(new Random(1), 1));
    var last = new CompletableFuture<?>[200];
    for (int i = 0; i < last.length; i++) {
      last[i] =
          spool.update(
              id(1),
              r -> {
                var e = r.entry();
                return r.withEntry(
                    new SpoolEntry(
                        e.id(),
                        e.envelope(),
                        e.deliveries(),
                        e.sizeBytes(),
                        e.attempts() + 1,
                        e.nextAttempt(),
                        true));
              });
    }
    CompletableFuture.allOf(last).join();
    for (int i = 0; i < 2; i++) {
      assertThat(spool.read(id(1)).orElseThrow().entry().attempts()).isEqualTo(200);
      assertThat(spool.brief(id(1)).orElseThrow().held()).isTrue();
      reopen();
    }
    spool.finish(List.of(id(1))).join();
    assertThat(spool.update(id(1), r -> r).join()).isEmpty();
    reopen();
    assertThat(spool.contains(id(1))).isFalse();
  }

  @Test
  void keepsEveryStateOfADelivery() {
    var status = new EnhancedStatus(5, 1, 1);
    var base = record(id(1), 1, local("alice"));
    var deliveries =
        List.of(
            new Delivery(local("alice"), new State.Delivered()),
            new Delivery(remote("b@far.test"), new State.Pending("421 busy")),
            new Delivery(remote("c@far.test"), new State.Failed(status, "no such user")),
            new Delivery(remote("d@far.test"), new State.Bouncing(status, "gone", id(9))),
            new Delivery(remote("e@far.test"), new State.Confirming(true, "ok", id(9))));
    var entry =
        new SpoolEntry(
            id(1), base.entry().envelope(), deliveries, 1, 7, Mails.NOW.plusSeconds(60), true);
    var record =
        new SpoolRecord(
            entry,
            List.of(HOLDER),
            42,
            new Origin.Adopted(new NodeName("x"), HOLDER.spoolId()),
            new Warning.Due(id(8)));
    put(record, body(new Random(1), 1));
    reopen();
    assertThat(spool.read(id(1))).contains(record);
    var brief = spool.brief(id(1)).orElseThrow();
    assertThat(brief.local()).isFalse();
    assertThat(brief.remote()).isTrue();
    assertThat(brief.bouncing()).isTrue();
  }

  @Test
  void removalTellsTheHoldersUntilTheyKnow() {
    var other = new Holder(new NodeName("d"), "d".repeat(SpoolId.LENGTH));
    for (int i = 1; i <= 3; i++) {
      put(record(id(i), 1, local("alice")), body(new Random(i), 1));
    }
    var told = new ArrayList<String>();
    spool.onNews(told::add);
    spool.finish(List.of(id(1), id(2))).join();
    spool.release(List.of(id(3), id(7)), List.of(other)).join();
    assertThat(told).containsOnly(HOLDER.spoolId(), other.spoolId());
    reopen();
    assertThat(spool.depth().entries()).isZero();
    assertThat(spool.holdersWithNews()).containsOnly(HOLDER.spoolId(), other.spoolId());
    assertThat(newsFor(HOLDER, 2)).containsExactly(id(1), id(2));
    assertThat(newsFor(other, 9)).containsExactly(id(3), id(7));
    spool.newsTold(HOLDER.spoolId(), spool.news(HOLDER.spoolId(), 9)).join();
    assertThat(spool.news(HOLDER.spoolId(), 9)).isEmpty();
    assertThat(spool.holdersWithNews()).containsOnly(other.spoolId());
  }

  private List<QueueId> newsFor(Holder holder, int limit) {
    return spool.news(holder.spoolId(), limit).stream().map(News::id).toList();
  }

  @Test
  void newsOfAnEntryThatCameBackAndWentAgainIsOtherNews() {
    var body = body(new Random(1), 1);
    put(record(id(1), 1, local("alice")), body);
    spool.release(List.of(id(1)), List.of()).join();
    var first = spool.news(HOLDER.spoolId(), 9);
    put(record(id(1), 1, local("alice")).withStamp(spool.nextStamp()), body);
    assertThat(first.getFirst().stamp()).isLessThan(spool.brief(id(1)).orElseThrow().stamp());
    spool.release(List.of(id(1)), List.of()).join();
    spool.newsTold(HOLDER.spoolId(), first).join();
    assertThat(newsFor(HOLDER, 9)).containsExactly(id(1));
  }

  @Test
  void whatWasHandedOverMayComeBack() throws IOException {
    var size = 2 * MessageBody.INLINE_MAX_BYTES;
    for (var sizeBytes : new int[] {10, size}) {
      var flushed = record(id(1), sizeBytes, List.of(), FLUSHED, remote("bob@far.test"));
      var body = body(new Random(1), sizeBytes);
      assertThat(put(flushed, body)).isInstanceOf(PutOutcome.Stored.class);
      // Not joined: it comes back while it leaves.
      var left = spool.release(List.of(id(1)), List.of());
      assertThat(put(flushed, body)).isInstanceOf(PutOutcome.Stored.class);
      left.join();
      reopen();
      assertThat(spool.body(id(1)).readAll()).isEqualTo(body.bytes());
      spool.release(List.of(id(1)), List.of()).join();
      assertThat(spool.knows(id(1))).isFalse();
    }
  }

  @Test
  void droppedEntriesTellNobody() {
    put(record(id(1), 1, local("alice")), body(new Random(1), 1));
    long incarnation = spool.brief(id(1)).orElseThrow().incarnation();
    spool.drop(List.of(id(1)), incarnation - 1).join();
    assertThat(spool.contains(id(1))).isTrue();
    spool.drop(List.of(id(1)), incarnation).join();
    assertThat(spool.contains(id(1))).isFalse();
    assertThat(spool.news(HOLDER.spoolId(), 9)).isEmpty();
  }

  @Test
  void whatMayComeAgainIsRecognisedAfterItWasFinished() {
    var flushed = record(id(1), 1, List.of(), FLUSHED, remote("bob@far.test"));
    var body = body(new Random(1), 1);
    assertThat(put(flushed, body)).isInstanceOf(PutOutcome.Stored.class);
    assertThat(put(flushed, body)).isInstanceOf(PutOutcome.AlreadyKnown.class);
    spool.finish(List.of(id(1))).join();
    reopen();
    assertThat(spool.knows(id(1))).isTrue();
    assertThat(put(flushed, body)).isInstanceOf(PutOutcome.AlreadyKnown.class);
    spool.forget(id(1).time()).join();
    assertThat(spool.knows(id(1))).isTrue();
    spool.forget(id(1).time().plusMillis(1)).join();
    assertThat(spool.knows(id(1))).isFalse();
  }

  @Test
  void aConcurrentRepeatIsOnePut() {
    var flushed = record(id(1), 1, List.of(), FLUSHED, remote("bob@far.test"));
    var puts = new ArrayList<CompletableFuture<PutOutcome>>();
    for (int i = 0; i < 50; i++) {
      puts.add(spool.put(flushed, body(new Random(1), 1), Room.NEW_MAIL));
    }
    puts.forEach(CompletableFuture::join);
    assertThat(spool.depth().entries()).isEqualTo(1);
    assertThat(spool.depth().bytes()).isEqualTo(1);
  }

  @Test
  void refusesBeforeTheDiskIsFullAndAcceptsAgain() {
    usableBytes = (1 << 20) + 20_000;
    assertThat(put(record(id(1), 20_000, local("alice")), body(new Random(1), 20_000)))
        .isInstanceOf(PutOutcome.Full.class);
    assertThat(spool.refuses(20_000)).isPresent();
    assertThat(spool.refuses(5_000)).isEmpty();
    // What is already the cluster's responsibility may use half of the reserve.
    assertThat(
            spool
                .put(
                    record(id(2), 20_000, local("alice")),
                    body(new Random(1), 20_000),
                    Room.TAKEN_OVER)
                .join())
        .isInstanceOf(PutOutcome.Stored.class);
    usableBytes = 1L << 40;
    assertThat(put(record(id(1), 20_000, local("alice")), body(new Random(1), 20_000)))
        .isInstanceOf(PutOutcome.Stored.class);
  }

  @Test
  void refusesOverItsLimits() {
    for (int i = 0; i < 1000; i++) {
      put(record(id(i), 0, local("alice")), body(new Random(i), 0));
    }
    assertThat(put(record(id(1001), 0, local("alice")), body(new Random(1), 0)))
        .isEqualTo(new PutOutcome.Full("spool: 1000 entries"));
    spool.finish(List.of(id(5))).join();
    assertThat(put(record(id(1001), 0, local("alice")), body(new Random(1), 0)))
        .isInstanceOf(PutOutcome.Stored.class);
  }

  @Test
  void countsItsIncarnations() {
    long first = spool.incarnation();
    assertThat(spool.nextIncarnation().join()).isEqualTo(first + 1);
    reopen();
    assertThat(spool.incarnation()).isEqualTo(first + 2);
    long stamp = spool.nextStamp();
    assertThat(spool.nextStamp()).isGreaterThan(stamp);
    reopen();
    assertThat(spool.nextStamp()).isGreaterThan(stamp + 1);
  }

  @Test
  void fieldsOfANewerMinorAreKept() {
    var record = record(id(1), 1, local("alice"));
    put(record, body(new Random(1), 1));
    byte[] tail = {7, 7, 7};
    var newer = new SpoolCodec.Stored(record, 9, tail);
    store.write(
        new org.malleposte.kv.WriteBatch().put(SpoolKeys.entry(id(1)), SpoolCodec.encode(newer)),
        KeyValueStore.Sync.SYNCED);
    spool.update(id(1), r -> r.withHolders(List.of())).join();
    var stored = SpoolCodec.decodeStored(store.get(SpoolKeys.entry(id(1))).orElseThrow());
    assertThat(stored.minor()).isEqualTo(9);
    assertThat(stored.rest()).isEqualTo(tail);
    assertThat(stored.record().holders()).isEmpty();
  }

  private PutOutcome put(SpoolRecord record, MessageBody body) {
    return spool.put(record, body, Room.NEW_MAIL).join();
  }
}
