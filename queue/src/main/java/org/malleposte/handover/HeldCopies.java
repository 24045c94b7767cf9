package org.malleposte.handover;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.malleposte.spool.SpoolCodec;
import org.malleposte.spool.SpoolRecord;

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

  private record Brief(long sizeBytes, long incarnation) {}

  private record Key(String spoolId, QueueId id) {
    byte[] name() {
      return (spoolId + id.value()).getBytes(StandardCharsets.ISO_8859_1);
    }

    byte[] held() {
      return ("h" + spoolId + id.value()).getBytes(StandardCharsets.ISO_8859_1);
    }
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
  private final Map<Key, Boolean> finished =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
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
    bodies.discardUnsealed();
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
    var brief = new Brief(record.entry().sizeBytes(), record.incarnation());
    if (owned.copies.put(record.id(), brief) == null) {
      count.incrementAndGet();
      bytes.addAndGet(brief.sizeBytes());
    }
    owned.newest = Math.max(owned.newest, record.incarnation());
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
    if (isFinished(key)) {
      return now(new Answer.Finished());
    }
    if (isClosed(spoolId, record.incarnation())) {
      return now(new Answer.Closed(closed.getOrDefault(spoolId, 0L)));
    }
    if (holds(spoolId, record.id(), record.incarnation())) {
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
    return commits
        .commit(batch)
        .thenCompose(
            _ -> {
              uploads.remove(key);
              index(owner, spoolId, record);
              // The owner may have given it up while it was being written.
              return isFinished(key)
                  ? drop(spoolId, List.of(record.id()))
                      .thenApply(_ -> (Answer) new Answer.Finished())
                  : now(new Answer.Held());
            })
        .whenComplete((_, _) -> disk.release(room));
  }

  private boolean holds(String spoolId, QueueId id, long incarnation) {
    var owned = owners.get(spoolId);
    var brief = owned == null ? null : owned.copies.get(id);
    return brief != null && brief.incarnation() >= incarnation;
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
                && uploads.remove(entry.getKey(), entry.getValue())) {
              bodies.discard(entry.getKey().name());
            }
          }
          return null;
        });
  }

  /** The owner is done with these. */
  CompletableFuture<Void> done(String spoolId, Collection<QueueId> ids) {
    synchronized (finished) {
      ids.forEach(id -> finished.put(new Key(spoolId, id), Boolean.TRUE));
    }
    return drop(spoolId, ids);
  }

  private boolean isFinished(Key key) {
    synchronized (finished) {
      return finished.containsKey(key);
    }
  }

  /** Removes copies that are in this node's own spool now, or are not needed. */
  CompletableFuture<Void> drop(String spoolId, Collection<QueueId> ids) {
    var owned = owners.get(spoolId);
    if (owned == null) {
      return CompletableFuture.completedFuture(null);
    }
    var batch = new WriteBatch();
    for (var id : ids) {
      var brief = owned.copies.remove(id);
      if (brief != null) {
        count.decrementAndGet();
        bytes.addAndGet(-brief.sizeBytes());
        var key = new Key(spoolId, id);
        batch.delete(key.held());
        bodies.delete(batch, key.name(), brief.sizeBytes());
      }
    }
    return batch.isEmpty() ? CompletableFuture.completedFuture(null) : commits.commit(batch);
  }

  /** Whose copies are here. */
  List<Owner> owners() {
    return owners.entrySet().stream()
        .filter(e -> !e.getValue().copies.isEmpty())
        .map(e -> new Owner(e.getValue().node, e.getKey()))
        .toList();
  }

  /** Copies of an owner up to an incarnation, after {@code after}, oldest first. */
  List<QueueId> list(String spoolId, long upTo, Optional<QueueId> after, int limit) {
    var page = new ArrayList<QueueId>();
    var owned = owners.get(spoolId);
    if (owned != null) {
      var rest = after.isPresent() ? owned.copies.tailMap(after.get(), false) : owned.copies;
      for (var entry : rest.entrySet()) {
        if (page.size() == limit) {
          break;
        }
        if (entry.getValue().incarnation() <= upTo) {
          page.add(entry.getKey());
        }
      }
    }
    return page;
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
    var value = new WireWriter(64).i64(upTo).text(owner.node().value()).done();
    return commits
        .commit(new WriteBatch().put(claimKey(owner.spoolId()), value))
        .thenApply(_ -> upTo);
  }

  /** Closed owners and up to which incarnation. */
  Map<String, Long> closed() {
    return Collections.unmodifiableMap(new TreeMap<>(closed));
  }

  List<Owner> closedOwners() {
    return closed.keySet().stream().map(id -> new Owner(owners.get(id).node, id)).toList();
  }

  /** Takes a closing back, or ends it. */
  CompletableFuture<Void> reopen(String spoolId) {
    return commits
        .commit(new WriteBatch().delete(claimKey(spoolId)))
        .thenRun(() -> closed.remove(spoolId));
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
