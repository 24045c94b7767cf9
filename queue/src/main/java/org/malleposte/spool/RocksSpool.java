package org.malleposte.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.malleposte.blob.MessageBody;
import org.malleposte.format.FormatVersion;
import org.malleposte.kv.GroupCommit;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.KeyValueStore.Sync;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.kv.WriteBatch;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Spool} on a {@link KeyValueStore}. All writes go through one {@link GroupCommit}, so
 * that tens of clients share a sync. A brief of each entry is in memory; nothing else is.
 */
public final class RocksSpool implements Spool {
  private static final Logger LOG = LoggerFactory.getLogger(RocksSpool.class);

  public static final FormatVersion FORMAT = new FormatVersion(1, 0);

  /**
   * @param entries at most; each costs some 200 bytes of memory
   * @param bytes of bodies, at most
   */
  public record Limits(int entries, long bytes) {
    public static final Limits DEFAULT = new Limits(500_000, 256L << 30);
  }

  private final String id;
  private final KeyValueStore store;
  private final Bodies bodies;
  private final GroupCommit commits;
  private final Executor blocking;
  private final DiskSpace disk;
  private final Limits limits;
  private final SpoolIndex index = new SpoolIndex();
  private final Map<QueueId, CompletableFuture<PutOutcome>> putting = new ConcurrentHashMap<>();
  // Removed from the index, but not yet from the store: one that comes back waits for that.
  private final Map<QueueId, CompletableFuture<Void>> leaving = new ConcurrentHashMap<>();
  // Changed but not yet to be read from the store.
  private final Map<QueueId, SpoolCodec.Stored> changing = new ConcurrentHashMap<>();
  private final Set<String> holdersWithNews = ConcurrentHashMap.newKeySet();
  private final List<Consumer<String>> newsListeners = new CopyOnWriteArrayList<>();
  private final Stamps stamps;

  /**
   * Opens the spool on a store. Blocks: it reads all entries.
   *
   * @param id see {@link SpoolId}
   * @param committer a thread of its own for the group commit
   * @param blocking a bounded lane for reads
   */
  public RocksSpool(
      String id,
      KeyValueStore store,
      Executor committer,
      Executor blocking,
      DiskSpace disk,
      Limits limits) {
    this.id = SpoolId.require(id);
    this.store = store;
    this.blocking = blocking;
    this.disk = disk;
    this.limits = limits;
    bodies = new Bodies(store);
    commits = new GroupCommit(store, committer, GroupCommit.Limits.DEFAULT);
    bodies.discardUnsealed(name -> store.get(SpoolKeys.entry(name)).isPresent());
    stamps = new Stamps(load());
  }

  /**
   * Opens or creates the spool of a directory ({@code data/spool}).
   *
   * @param random seeded from the system's entropy: it may name a new disk
   */
  public static RocksSpool open(
      Path directory,
      Executor committer,
      Executor blocking,
      DiskSpace disk,
      Limits limits,
      RandomGenerator random) {
    FormatVersion.open(directory, "spool", FORMAT);
    // The id comes before the first entry: entries of a disk without a name could not be adopted.
    var id = SpoolId.open(directory, random);
    var store = RocksKeyValueStore.open(directory.resolve("db"), RocksKeyValueStore.Tuning.DEFAULT);
    return new RocksSpool(id, store, committer, blocking, disk, limits);
  }

  /** Reads what is there, and begins the next incarnation, which it returns. */
  private long load() {
    try (var cursor = store.scan(SpoolKeys.ENTRIES, SpoolKeys.end(SpoolKeys.ENTRIES))) {
      while (cursor.next()) {
        index.set(SpoolCodec.decode(cursor.value()));
      }
    }
    try (var cursor = store.scan(SpoolKeys.NEWS, SpoolKeys.end(SpoolKeys.NEWS))) {
      while (cursor.next()) {
        holdersWithNews.add(SpoolKeys.newsHolder(cursor.key()));
      }
    }
    long last = store.get(SpoolKeys.INCARNATION).map(v -> ByteBuffer.wrap(v).getLong()).orElse(0L);
    store.write(incarnationIs(last + 1), Sync.SYNCED);
    return last + 1;
  }

  private static WriteBatch incarnationIs(long number) {
    return new WriteBatch().put(SpoolKeys.INCARNATION, fixed64(number));
  }

  private static byte[] fixed64(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public long incarnation() {
    return Stamps.incarnation(stamps.last());
  }

  @Override
  public CompletableFuture<Long> nextIncarnation() {
    // In memory first: an entry may carry a number that a crash then gives out again as the next
    // one, which only makes it newer than any claim.
    long next = stamps.nextIncarnation();
    return commits.commit(incarnationIs(next)).thenApply(_ -> next);
  }

  @Override
  public long nextStamp() {
    return stamps.next();
  }

  @Override
  public Optional<String> refuses(long sizeBytes) {
    var full = overLimits(sizeBytes);
    if (full.isEmpty()) {
      full = disk.reserve(sizeBytes, DiskSpace.Room.NEW_MAIL);
      if (full.isEmpty()) {
        disk.release(sizeBytes);
      }
    }
    return full;
  }

  private Optional<String> overLimits(long sizeBytes) {
    if (index.entries() + putting.size() > limits.entries()) {
      return Optional.of("spool: " + limits.entries() + " entries");
    }
    if (index.depth().bytes() + sizeBytes > limits.bytes()) {
      return Optional.of("spool: " + limits.bytes() + " bytes");
    }
    return Optional.empty();
  }

  @Override
  public CompletableFuture<PutOutcome> put(
      SpoolRecord record, MessageBody body, DiskSpace.Room room) {
    byte[] bytes = SpoolCodec.encode(record);
    if (bytes.length > SpoolCodec.MAX_RECORD_BYTES) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("envelope of " + bytes.length + " bytes"));
    }
    var mine = new CompletableFuture<PutOutcome>();
    var other = putting.putIfAbsent(record.id(), mine);
    if (other != null) {
      return other;
    }
    startPut(record, bytes, body, room)
        .whenComplete(
            (outcome, failure) -> {
              putting.remove(record.id());
              if (failure == null) {
                mine.complete(outcome);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  private CompletableFuture<PutOutcome> startPut(
      SpoolRecord record, byte[] bytes, MessageBody body, DiskSpace.Room room) {
    long size = bytes.length + body.sizeBytes();
    var full = overLimits(size).or(() -> disk.reserve(size, room));
    if (full.isPresent()) {
      return CompletableFuture.completedFuture(new PutOutcome.Full(full.get()));
    }
    boolean mustRead = record.origin().mayComeAgain() || !isInMemory(body);
    var done =
        mustRead
            ? lookAndWrite(record, bytes, body)
            : index.contains(record.id()) ? known() : writeInline(record, bytes, body);
    return done.whenComplete((_, _) -> disk.release(size));
  }

  private CompletableFuture<PutOutcome> lookAndWrite(
      SpoolRecord record, byte[] bytes, MessageBody body) {
    return Futures.call(blocking, () -> knownOrWritten(record, bytes, body)).thenCompose(f -> f);
  }

  private CompletableFuture<PutOutcome> knownOrWritten(
      SpoolRecord record, byte[] bytes, MessageBody body) throws IOException {
    if (knows(record.id())) {
      return known();
    }
    // Looked at after the index: what has left that, and is not here any more, is off the disk.
    var gone = leaving.get(record.id());
    if (gone != null) {
      return gone.handle((_, _) -> null).thenCompose(_ -> lookAndWrite(record, bytes, body));
    }
    if (Bodies.isInline(body.sizeBytes())) {
      return writeInline(record, bytes, new MessageBody.InMemory(body.readAll()));
    }
    byte[] name = SpoolKeys.name(record.id());
    try {
      bodies.writeChunks(name, body);
    } catch (IOException | RuntimeException e) {
      bodies.discard(name);
      throw e;
    }
    var batch = new WriteBatch().put(SpoolKeys.entry(record.id()), bytes);
    bodies.seal(batch, name);
    return written(record, batch);
  }

  private CompletableFuture<PutOutcome> writeInline(
      SpoolRecord record, byte[] bytes, MessageBody body) {
    var batch = new WriteBatch().put(SpoolKeys.entry(record.id()), bytes);
    bodies.putInline(batch, SpoolKeys.name(record.id()), ((MessageBody.InMemory) body).bytes());
    return written(record, batch);
  }

  private CompletableFuture<PutOutcome> written(SpoolRecord record, WriteBatch batch) {
    return commits
        .commit(batch)
        .thenApply(
            _ -> {
              index.set(record);
              return new PutOutcome.Stored();
            });
  }

  private static boolean isInMemory(MessageBody body) {
    return body instanceof MessageBody.InMemory && Bodies.isInline(body.sizeBytes());
  }

  private static CompletableFuture<PutOutcome> known() {
    return CompletableFuture.completedFuture(new PutOutcome.AlreadyKnown());
  }

  @Override
  public CompletableFuture<Optional<SpoolRecord>> update(
      QueueId id, UnaryOperator<SpoolRecord> change) {
    return Futures.call(blocking, () -> startUpdate(id, change)).thenCompose(f -> f);
  }

  private CompletableFuture<Optional<SpoolRecord>> startUpdate(
      QueueId id, UnaryOperator<SpoolRecord> change) {
    var committed = new ArrayList<CompletableFuture<Void>>(1);
    var after =
        changing.compute(
            id,
            (_, pending) -> {
              if (!index.contains(id)) {
                return null;
              }
              var before = pending != null ? pending : stored(id).orElse(null);
              if (before == null) {
                return null;
              }
              var changed = before.with(change.apply(before.record()));
              index.set(changed.record());
              // Handed over under the map's lock, so that the order on disk is that of the changes.
              committed.add(
                  commits.commit(
                      new WriteBatch().put(SpoolKeys.entry(id), SpoolCodec.encode(changed))));
              return changed;
            });
    if (after == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return committed
        .getFirst()
        .handle(
            (_, failure) -> {
              changing.remove(id, after);
              if (failure != null) {
                throw asUnchecked(failure);
              }
              return Optional.of(after.record());
            });
  }

  private Optional<SpoolCodec.Stored> stored(QueueId id) {
    return store.get(SpoolKeys.entry(id)).map(SpoolCodec::decodeStored);
  }

  @Override
  public CompletableFuture<Void> finish(Collection<QueueId> ids) {
    return remove(ids, List.of(), true);
  }

  @Override
  public CompletableFuture<Void> release(Collection<QueueId> ids, Collection<Holder> alsoTell) {
    return remove(ids, alsoTell, false);
  }

  private CompletableFuture<Void> remove(
      Collection<QueueId> ids, Collection<Holder> alsoTell, boolean forGood) {
    var tell = new LinkedHashSet<Holder>();
    var batch = new WriteBatch();
    var done = new CompletableFuture<Void>();
    for (var entryId : ids) {
      var holders = new LinkedHashSet<>(alsoTell);
      var brief = take(entryId, Long.MAX_VALUE, done);
      if (brief.isPresent()) {
        delete(batch, entryId, brief.get());
        holders.addAll(brief.get().holders());
        if (forGood && brief.get().mayComeAgain()) {
          batch.put(SpoolKeys.finished(entryId), new byte[0]);
        }
      }
      for (var holder : holders) {
        batch.put(SpoolKeys.news(holder.spoolId(), entryId), fixed64(stamps.last()));
      }
      tell.addAll(holders);
    }
    return leave(batch, ids, done)
        .thenRun(
            () -> {
              for (var holder : tell) {
                holdersWithNews.add(holder.spoolId());
                newsListeners.forEach(l -> l.accept(holder.spoolId()));
              }
            });
  }

  @Override
  public CompletableFuture<Void> drop(Collection<QueueId> ids, long upTo) {
    var batch = new WriteBatch();
    var done = new CompletableFuture<Void>();
    for (var entryId : ids) {
      take(entryId, upTo, done).ifPresent(brief -> delete(batch, entryId, brief));
    }
    return leave(batch, ids, done);
  }

  // Under the lock of changes: one that comes later finds nothing, one that came before is
  // committed before the removal.
  private Optional<Brief> take(QueueId entryId, long upTo, CompletableFuture<Void> done) {
    var taken = new ArrayList<Brief>(1);
    changing.compute(
        entryId,
        (_, pending) -> {
          var brief = index.get(entryId);
          if (brief.isEmpty() || brief.get().incarnation() > upTo) {
            return pending;
          }
          leaving.put(entryId, done);
          index.remove(entryId);
          taken.add(brief.get());
          return null;
        });
    return taken.stream().findFirst();
  }

  private void delete(WriteBatch batch, QueueId entryId, Brief brief) {
    batch.delete(SpoolKeys.entry(entryId));
    bodies.delete(batch, SpoolKeys.name(entryId), brief.sizeBytes());
  }

  private CompletableFuture<Void> leave(
      WriteBatch batch, Collection<QueueId> ids, CompletableFuture<Void> done) {
    var committed =
        batch.isEmpty() ? CompletableFuture.<Void>completedFuture(null) : commits.commit(batch);
    committed.whenComplete(
        (_, failure) -> {
          ids.forEach(gone -> leaving.remove(gone, done));
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }

  @Override
  public boolean contains(QueueId entryId) {
    return index.contains(entryId);
  }

  @Override
  public boolean knows(QueueId entryId) {
    return index.contains(entryId) || store.get(SpoolKeys.finished(entryId)).isPresent();
  }

  @Override
  public Optional<SpoolRecord> read(QueueId entryId) {
    if (!index.contains(entryId)) {
      return Optional.empty();
    }
    var pending = changing.get(entryId);
    return (pending != null ? Optional.of(pending) : stored(entryId))
        .map(SpoolCodec.Stored::record);
  }

  @Override
  public MessageBody body(QueueId entryId) {
    long size = index.get(entryId).map(Brief::sizeBytes).orElseThrow(() -> gone(entryId));
    return bodies.read(SpoolKeys.name(entryId), size);
  }

  private static UncheckedIOException gone(QueueId entryId) {
    return new UncheckedIOException(new IOException(entryId + " is not in the spool"));
  }

  @Override
  public List<SpoolRecord> list(Optional<QueueId> after, int limit) {
    return index.page(after, limit).stream().flatMap(e -> readable(e.getKey()).stream()).toList();
  }

  // One that is damaged must not hide the others from the postmaster.
  private Optional<SpoolRecord> readable(QueueId entryId) {
    try {
      return read(entryId);
    } catch (RuntimeException e) {
      LOG.error("{} cannot be read", entryId, e);
      return Optional.empty();
    }
  }

  @Override
  public Optional<Brief> brief(QueueId entryId) {
    return index.get(entryId);
  }

  @Override
  public List<Map.Entry<QueueId, Brief>> briefs(Optional<QueueId> after, int limit) {
    return index.page(after, limit);
  }

  @Override
  public Depth depth() {
    return index.depth();
  }

  @Override
  public Set<List<Holder>> holderLists() {
    return index.holderLists();
  }

  /** Syncs and the writes they carried. */
  public GroupCommit.Counts commitCounts() {
    return commits.counts();
  }

  @Override
  public Set<String> holdersWithNews() {
    return Collections.unmodifiableSet(new TreeSet<>(holdersWithNews));
  }

  @Override
  public List<News> news(String holderSpoolId, int limit) {
    var news = new ArrayList<News>();
    byte[] prefix = SpoolKeys.newsOf(holderSpoolId);
    // Taken off before the look: what is added meanwhile puts it on again.
    holdersWithNews.remove(holderSpoolId);
    try (var cursor = store.scan(prefix, SpoolKeys.end(prefix))) {
      while (news.size() < limit && cursor.next()) {
        news.add(new News(SpoolKeys.id(cursor.key()), ByteBuffer.wrap(cursor.value()).getLong()));
      }
    }
    if (!news.isEmpty()) {
      holdersWithNews.add(holderSpoolId);
    }
    return news;
  }

  @Override
  public CompletableFuture<Void> newsTold(String holderSpoolId, List<News> told) {
    return Futures.call(
        blocking,
        () -> {
          var batch = new WriteBatch();
          for (var news : told) {
            byte[] key = SpoolKeys.news(holderSpoolId, news.id());
            // It may have come back and gone again: that is other news.
            if (store.get(key).filter(v -> Arrays.equals(v, fixed64(news.stamp()))).isPresent()) {
              batch.delete(key);
            }
          }
          store.write(batch, Sync.BUFFERED);
          return null;
        });
  }

  @Override
  public void onNews(Consumer<String> listener) {
    newsListeners.add(listener);
  }

  @Override
  public CompletableFuture<Void> forget(Instant before) {
    return Futures.call(
        blocking,
        () -> {
          var batch = new WriteBatch();
          batch.deleteRange(SpoolKeys.FINISHED, SpoolKeys.before(SpoolKeys.FINISHED, before));
          for (var holder : holdersWithNews) {
            byte[] prefix = SpoolKeys.newsOf(holder);
            batch.deleteRange(prefix, SpoolKeys.before(prefix, before));
          }
          store.write(batch, Sync.BUFFERED);
          return null;
        });
  }

  private static RuntimeException asUnchecked(Throwable failure) {
    return failure instanceof RuntimeException e ? e : new RuntimeException(failure);
  }

  /** Blocks until what waits is written. */
  @Override
  public void close() {
    commits.close();
    store.close();
  }
}
