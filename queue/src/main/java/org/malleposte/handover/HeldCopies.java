package org.malleposte.handover;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.malleposte.blob.MessageBody;
import org.malleposte.format.FormatVersion;
import org.malleposte.handover.CopyWire.Answer;
import org.malleposte.kv.GroupCommit;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.kv.WriteBatch;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.spool.Bodies;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.News;
import org.malleposte.spool.SpoolCodec;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.Stamps;

/**
 * The copies that this node holds for other owners ({@code data/copies}), by the owner's spool id
 * and the queue id. Whether a copy is still needed is the owner's to say; nothing here delivers.
 *
 * <p>A claim closes the copies of an owner up to an incarnation: from then on none is added to
 * them, so that owner and adopter always mean the same set.
 *
 * <p>Thread-safe. What a future says is done is synced; futures end on the committer's thread.
 */
public final class HeldCopies implements AutoCloseable {
  public static final FormatVersion FORMAT = new FormatVersion(1, 0);

  /** Copies of one owner, live or claimed. */
  public record Owner(NodeName node, String spoolId) {}

  private static final byte HELD = 'h';
  private static final byte CLAIM = 'k';
  private static final int SPOOL_ID_LENGTH = 32;
  private static final int MAX_COPIES = 500_000;

  /** Large bodies that may be on their way at once. */
  private static final int MAX_UPLOADS = 64;

  private static final Duration UPLOAD_PATIENCE = Duration.ofMinutes(2);

  /** Finished ids that are remembered, so that a copy that comes late is not kept. */
  private static final int MAX_FINISHED = 50_000;

  private record Brief(long sizeBytes, long stamp) {
    long incarnation() {
      return Stamps.incarnation(stamp);
    }
  }

  private record Key(String spoolId, QueueId id) {
    byte[] name() {
      return (spoolId + id.value()).getBytes(StandardCharsets.ISO_8859_1);
    }

    byte[] held() {
      return ("h" + spoolId + id.value()).getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] heldKey(byte[] name) {
    return ByteBuffer.allocate(1 + name.length).put(HELD).put(name).array();
  }

  private record Upload(int nextChunk, long bytes, Instant at) {}

  private static final class Owned {
    final NodeName node;
    final ConcurrentSkipListMap<QueueId, Brief> copies = new ConcurrentSkipListMap<>();
    volatile long newest;

    Owned(NodeName node) {
      this.node = node;
    }
  }

  private final KeyValueStore store;
  private final Bodies bodies;
  private final GroupCommit commits;
  private final Executor blocking;
  private final DiskSpace disk;
  private final InstantSource clock;
  private final Map<String, Owned> owners = new ConcurrentHashMap<>();
  private final Map<String, Long> closed = new ConcurrentHashMap<>();
  private final Map<Key, Upload> uploads = new ConcurrentHashMap<>();
  // A copy may be dropped while a later one of the same entry is on its way to the disk: what is
  // being written, by its stamp, and what is being deleted. Changed along with the order of the
  // group commit.
  private final Object order = new Object();
  private final Map<Key, Long> holding = new HashMap<>();
  private final Map<Key, CompletableFuture<Void>> dropping = new ConcurrentHashMap<>();
  private final Map<Key, Long> finished =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
          return size() > MAX_FINISHED;
        }
      };
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** Blocks: reads all records. */
  public HeldCopies(
      KeyValueStore store,
      Executor committer,
      Executor blocking,
      DiskSpace disk,
      InstantSource clock) {
    this.store = store;
    this.blocking = blocking;
    this.disk = disk;
    this.clock = clock;
    bodies = new Bodies(store);
    commits = new GroupCommit(store, committer, GroupCommit.Limits.DEFAULT);
    bodies.discardUnsealed(name -> store.get(heldKey(name)).isPresent());
    load();
  }

  /** Opens or creates the copies of a directory ({@code data/copies}). Blocks. */
  public static HeldCopies open(
      Path directory, Executor committer, Executor blocking, DiskSpace disk, InstantSource clock) {
    FormatVersion.open(directory, "copies", FORMAT);
    var store = RocksKeyValueStore.open(directory.resolve("db"), RocksKeyValueStore.Tuning.DEFAULT);
    return new HeldCopies(store, committer, blocking, disk, clock);
  }

  private void load() {
    try (var cursor = store.scan(new byte[] {HELD}, new byte[] {HELD + 1})) {
      while (cursor.next()) {
        var value = new WireReader(cursor.value());
        var owner = new NodeName(value.text());
        var record = SpoolCodec.decode(value.block());
        var spoolId = new String(cursor.key(), 1, SPOOL_ID_LENGTH, StandardCharsets.ISO_8859_1);
        index(owner, spoolId, record);
      }
    }
    try (var cursor = store.scan(new byte[] {CLAIM}, new byte[] {CLAIM + 1})) {
      while (cursor.next()) {
        var spoolId = new String(cursor.key(), 1, SPOOL_ID_LENGTH, StandardCharsets.ISO_8859_1);
        var value = new WireReader(cursor.value());
        closed.put(spoolId, value.i64());
        var owner = new NodeName(value.text());
        owners.computeIfAbsent(spoolId, _ -> new Owned(owner));
      }
    }
  }

  private void index(NodeName owner, String spoolId, SpoolRecord record) {
    var owned = owners.computeIfAbsent(spoolId, _ -> new Owned(owner));
    var brief = new Brief(record.entry().sizeBytes(), record.stamp());
    if (owned.copies.put(record.id(), brief) == null) {
      count.incrementAndGet();
      bytes.addAndGet(brief.sizeBytes());
    }
    owned.newest = Math.max(owned.newest, brief.incarnation());
  }

  /**
   * Holds a copy.
   *
   * @param body empty: its parts have come before
   */
  CompletableFuture<Answer> hold(
      NodeName owner, String spoolId, SpoolRecord record, byte[] encoded, Optional<byte[]> body) {
    var key = new Key(spoolId, record.id());
    long size = record.entry().sizeBytes();
    if (isFinished(key, record.stamp())) {
      return now(new Answer.Finished());
    }
    if (isClosed(spoolId, Stamps.incarnation(record.stamp()))) {
      return now(new Answer.Closed(closed.getOrDefault(spoolId, 0L)));
    }
    if (holds(spoolId, record.id(), record.stamp())) {
      return now(new Answer.Held());
    }
    if (body.isEmpty() ? uploaded(key) != size : body.get().length != size) {
      return now(new Answer.Incomplete());
    }
    long room = encoded.length + body.map(b -> b.length).orElse(0);
    var full = count.get() >= MAX_COPIES ? Optional.of("copies: " + MAX_COPIES) : reserve(room);
    if (full.isPresent()) {
      return now(new Answer.NoRoom(full.get()));
    }
    var batch =
        new WriteBatch()
            .put(
                key.held(),
                new WireWriter(encoded.length + 64).text(owner.value()).block(encoded).done());
    body.ifPresentOrElse(
        b -> bodies.putInline(batch, key.name(), b), () -> bodies.seal(batch, key.name()));
    return written(key, record.stamp(), batch, () -> index(owner, spoolId, record))
        .thenCompose(
            _ -> {
              // The owner may have given it up while it was being written.
              return isFinished(key, record.stamp())
                  ? drop(spoolId, List.of(new News(record.id(), record.stamp())))
                      .thenApply(_ -> (Answer) new Answer.Finished())
                  : now(new Answer.Held());
            })
        .whenComplete((_, _) -> disk.release(room));
  }

  private CompletableFuture<Void> written(Key key, long stamp, WriteBatch batch, Runnable index) {
    CompletableFuture<Void> committed;
    synchronized (order) {
      holding.merge(key, stamp, Math::max);
      committed = commits.commit(batch);
    }
    return committed.whenComplete(
        (_, failure) -> {
          synchronized (order) {
            if (failure == null) {
              uploads.remove(key);
              index.run();
            }
            holding.remove(key, stamp);
          }
        });
  }

  private boolean holds(String spoolId, QueueId id, long stamp) {
    var owned = owners.get(spoolId);
    var brief = owned == null ? null : owned.copies.get(id);
    return brief != null && brief.stamp() >= stamp;
  }

  private boolean isClosed(String spoolId, long incarnation) {
    return incarnation <= closed.getOrDefault(spoolId, Long.MIN_VALUE);
  }

  private long uploaded(Key key) {
    var upload = uploads.get(key);
    return upload == null ? 0 : upload.bytes();
  }

  private Optional<String> reserve(long room) {
    return disk.reserve(room, DiskSpace.Room.NEW_MAIL);
  }

  /**
   * Writes a part of a large body; not synced, that comes with {@link #hold}. Parts come in order;
   * one that has come before is written again.
   */
  CompletableFuture<Answer> part(String spoolId, QueueId id, int first, byte[] part) {
    var key = new Key(spoolId, id);
    if (holds(spoolId, id)) {
      return now(new Answer.Held()); // comes again after all was written
    }
    var leaving = dropping.get(key);
    if (leaving != null) {
      // Parts are written at once, and what deletes those of an earlier copy may still wait.
      return leaving.handle((_, _) -> null).thenCompose(_ -> part(spoolId, id, first, part));
    }
    var upload = uploads.get(key);
    if (first != 0 && (upload == null || upload.nextChunk() != first)) {
      return now(new Answer.Incomplete());
    }
    if (upload == null && uploads.size() >= MAX_UPLOADS) {
      return now(new Answer.NoRoom("copies: " + MAX_UPLOADS + " large ones on their way"));
    }
    var full = reserve(part.length);
    if (full.isPresent()) {
      return now(new Answer.NoRoom(full.get()));
    }
    long before = first == 0 ? 0 : upload.bytes();
    return Futures.call(
            blocking,
            () -> {
              int chunks = Bodies.chunkCount(part.length);
              for (int i = 0; i < chunks; i++) {
                int from = i * Bodies.CHUNK_BYTES;
                int to = Math.min(part.length, from + Bodies.CHUNK_BYTES);
                bodies.writeChunk(
                    key.name(), first + i, java.util.Arrays.copyOfRange(part, from, to));
              }
              uploads.put(key, new Upload(first + chunks, before + part.length, clock.instant()));
              return (Answer) new Answer.Held();
            })
        .whenComplete((_, _) -> disk.release(part.length));
  }

  /** Gives up large bodies whose owner has fallen silent. */
  CompletableFuture<Void> dropStaleUploads() {
    var limit = clock.instant().minus(UPLOAD_PATIENCE);
    return Futures.call(
        blocking,
        () -> {
          for (var entry : uploads.entrySet()) {
            if (entry.getValue().at().isBefore(limit)
                && uploads.remove(entry.getKey(), entry.getValue())
                && !holds(entry.getKey().spoolId(), entry.getKey().id())) {
              bodies.discard(entry.getKey().name());
            }
          }
          return null;
        });
  }

  /** The owner does not have these any more. */
  CompletableFuture<Void> done(String spoolId, Collection<News> news) {
    synchronized (finished) {
      news.forEach(n -> finished.merge(new Key(spoolId, n.id()), n.stamp(), Math::max));
    }
    return drop(spoolId, news);
  }

  private boolean isFinished(Key key, long stamp) {
    synchronized (finished) {
      return finished.getOrDefault(key, Long.MIN_VALUE) >= stamp;
    }
  }

  /** Removes copies, unless they were put anew under a later stamp. */
  CompletableFuture<Void> drop(String spoolId, Collection<News> news) {
    var owned = owners.get(spoolId);
    if (owned == null) {
      return CompletableFuture.completedFuture(null);
    }
    var batch = new WriteBatch();
    var done = new CompletableFuture<Void>();
    var keys = new ArrayList<Key>();
    CompletableFuture<Void> committed;
    synchronized (order) {
      for (var gone : news) {
        var key = new Key(spoolId, gone.id());
        var brief = owned.copies.get(gone.id());
        if (brief == null || brief.stamp() > gone.stamp()) {
          continue;
        }
        keys.add(key);
        dropping.put(key, done);
        owned.copies.remove(gone.id(), brief);
        count.decrementAndGet();
        bytes.addAndGet(-brief.sizeBytes());
        // A later copy takes its place on the disk, and would be deleted there in its stead.
        if (holding.getOrDefault(key, Long.MIN_VALUE) <= gone.stamp()) {
          batch.delete(key.held());
          bodies.delete(batch, key.name(), brief.sizeBytes());
        }
      }
      committed =
          batch.isEmpty() ? CompletableFuture.<Void>completedFuture(null) : commits.commit(batch);
    }
    return committed.whenComplete(
        (_, _) -> {
          keys.forEach(key -> dropping.remove(key, done));
          done.complete(null);
        });
  }

  /** Whose copies are here. */
  List<Owner> owners() {
    return owners.entrySet().stream()
        .filter(e -> !e.getValue().copies.isEmpty())
        .map(e -> new Owner(e.getValue().node, e.getKey()))
        .toList();
  }

  /** Copies of an owner up to an incarnation, and their stamps, after {@code after}. */
  List<News> list(String spoolId, long upTo, Optional<QueueId> after, int limit) {
    var page = new ArrayList<News>();
    var owned = owners.get(spoolId);
    if (owned != null) {
      var rest = after.isPresent() ? owned.copies.tailMap(after.get(), false) : owned.copies;
      for (var entry : rest.entrySet()) {
        if (page.size() == limit) {
          break;
        }
        if (entry.getValue().incarnation() <= upTo) {
          page.add(new News(entry.getKey(), entry.getValue().stamp()));
        }
      }
    }
    return page;
  }

  /** Whether a copy is among those that were closed. */
  boolean isClosed(String spoolId, QueueId id) {
    var owned = owners.get(spoolId);
    var brief = owned == null ? null : owned.copies.get(id);
    return brief != null && isClosed(spoolId, brief.incarnation());
  }

  boolean holds(String spoolId, QueueId id) {
    var owned = owners.get(spoolId);
    return owned != null && owned.copies.containsKey(id);
  }

  /** Blocks. */
  Optional<SpoolRecord> read(String spoolId, QueueId id) {
    return store
        .get(new Key(spoolId, id).held())
        .map(
            value -> {
              var in = new WireReader(value);
              in.text();
              return SpoolCodec.decode(in.block());
            });
  }

  /** Blocks. */
  MessageBody body(String spoolId, QueueId id, long sizeBytes) {
    return bodies.read(new Key(spoolId, id).name(), sizeBytes);
  }

  /**
   * Closes what is held of an owner: nothing is added to it any more. Survives a restart.
   *
   * @return up to which incarnation
   */
  CompletableFuture<Long> closeOwner(Owner owner) {
    var owned = owners.computeIfAbsent(owner.spoolId(), _ -> new Owned(owner.node()));
    long upTo = closed.merge(owner.spoolId(), owned.newest, Math::max);
    // Copies that were let in before are ahead of this in the group commit.
    return commits
        .commit(new WriteBatch().put(claimKey(owner.spoolId()), closing(owner, upTo)))
        .thenApply(_ -> upTo);
  }

  /** Closed owners and up to which incarnation. */
  Map<String, Long> closed() {
    return Collections.unmodifiableMap(new TreeMap<>(closed));
  }

  List<Owner> closedOwners() {
    return closed.keySet().stream().map(id -> new Owner(owners.get(id).node, id)).toList();
  }

  /**
   * Takes a closing back, or ends it.
   *
   * @param upTo what stays closed: an earlier claim; empty: nothing
   */
  CompletableFuture<Void> reopen(Owner owner, OptionalLong upTo) {
    var batch = new WriteBatch();
    if (upTo.isPresent()) {
      batch.put(claimKey(owner.spoolId()), closing(owner, upTo.getAsLong()));
    } else {
      batch.delete(claimKey(owner.spoolId()));
    }
    return commits
        .commit(batch)
        .thenRun(
            () -> {
              if (upTo.isPresent()) {
                closed.put(owner.spoolId(), upTo.getAsLong());
              } else {
                closed.remove(owner.spoolId());
              }
            });
  }

  private static byte[] closing(Owner owner, long upTo) {
    return new WireWriter(64).i64(upTo).text(owner.node().value()).done();
  }

  private static byte[] claimKey(String spoolId) {
    return ("k" + spoolId).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** How many copies, and the bytes of their bodies. */
  public int count() {
    return count.get();
  }

  /** Copies held for one node, of all the disks it has had. */
  public int count(NodeName owner) {
    return owners.values().stream()
        .filter(o -> o.node.equals(owner))
        .mapToInt(o -> o.copies.size())
        .sum();
  }

  public long bytes() {
    return bytes.get();
  }

  private static CompletableFuture<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  /** Blocks until what waits is written. */
  @Override
  public void close() {
    commits.close();
    store.close();
  }
}
