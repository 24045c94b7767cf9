package org.malleposte.tables;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.malleposte.format.FormatException;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a primary's tables into the directory, where secondaries find them. What cannot be written
 * now is tried again until it is there or newer tables take its place: a primary may start long
 * before the directory has a majority.
 *
 * <p>The parts are written first and the head last, so nobody sees half of it. Thread-safe; never
 * blocks.
 */
public final class TablePublisher implements AutoCloseable {
  /** Of one part. */
  static final int PART_BYTES = Directory.MAX_VALUE_BYTES;

  /** After a failure. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(TablePublisher.class);

  private final Directory directory;
  private final NodeName self;
  private final BlockingLane lane;
  private final Timers timers;
  // What shall be published next. Guarded by this.
  private Optional<Supplier<PackedTables>> wanted = Optional.empty();
  private boolean working; // guarded by this
  private boolean closed; // guarded by this
  private volatile String published = "";

  /**
   * @param lane packs, and reads the directory
   */
  public TablePublisher(Directory directory, NodeName self, BlockingLane lane, Timers timers) {
    this.directory = directory;
    this.self = self;
    this.lane = lane;
    this.timers = timers;
  }

  /**
   * Publishes these in place of all before. Returns at once; {@link #published} tells when it is
   * done.
   *
   * @param credentials lines of {@code mail.accounts} in a form that may leave this machine
   */
  public void publish(TableSet tables, Set<AccountName> accounts, byte[] credentials) {
    Set<AccountName> names = Set.copyOf(accounts);
    byte[] lines = credentials.clone();
    want(() -> PackedTables.pack(TablesCodec.encode(tables, names, lines)));
  }

  /** The digest of what this publisher has last brought into the directory; empty before. */
  public String published() {
    return published;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private synchronized void want(Supplier<PackedTables> tables) {
    wanted = Optional.of(tables);
    next();
  }

  private synchronized void next() {
    if (working || closed || wanted.isEmpty()) {
      return;
    }
    working = true;
    Supplier<PackedTables> now = wanted.get();
    wanted = Optional.empty();
    start(now)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                LOG.warn("tables are not published yet, trying again: {}", reason(failure));
                again(now);
              } else {
                done();
              }
            });
  }

  private synchronized void done() {
    working = false;
    next();
  }

  private void again(Supplier<PackedTables> failed) {
    timers.after(
        RETRY_AFTER,
        () -> {
          synchronized (this) {
            working = false;
            wanted = wanted.or(() -> Optional.of(failed));
            next();
          }
        });
  }

  private CompletableFuture<Void> start(Supplier<PackedTables> tables) {
    try {
      return lane.call(tables::get).thenCompose(this::write);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> write(PackedTables packed) {
    if (packed.bytes().length > PackedTables.MAX_PACKED_BYTES) {
      // Trying again is of no use; newer tables may be smaller.
      LOG.error(
          "tables of {} bytes packed are not published, the limit is {}: secondaries keep the old",
          packed.bytes().length,
          PackedTables.MAX_PACKED_BYTES);
      return CompletableFuture.completedFuture(null);
    }
    return directory
        .getCurrent(TablesHead.key(self))
        .thenCompose(
            answer -> {
              Optional<Directory.Entry> before = value(answer, "read the head");
              Optional<TablesHead> old = before.flatMap(TablePublisher::head);
              if (old.filter(head -> head.digest().equals(packed.digest())).isPresent()) {
                published = packed.digest();
                return CompletableFuture.<Void>completedFuture(null);
              }
              int parts = (packed.bytes().length + PART_BYTES - 1) / PART_BYTES;
              var head =
                  new TablesHead(
                      old.map(TablesHead::version).orElse(0L) + 1,
                      packed.digest(),
                      parts,
                      packed.bytes().length);
              long version = before.map(Directory.Entry::version).orElse(0L);
              return writeParts(packed, head, 0)
                  .thenCompose(_ -> writeHead(head, version))
                  .thenCompose(_ -> lane.call(() -> removeOthers(head)))
                  .thenCompose(Function.identity());
            });
  }

  /** One after the other: the directory shall not carry megabytes at once for this. */
  private CompletableFuture<Void> writeParts(PackedTables packed, TablesHead head, int part) {
    if (part == head.parts()) {
      return CompletableFuture.completedFuture(null);
    }
    int from = part * PART_BYTES;
    byte[] bytes =
        Arrays.copyOfRange(
            packed.bytes(), from, Math.min(from + PART_BYTES, packed.bytes().length));
    return directory
        .put(head.partKey(self, part), bytes, OptionalLong.empty())
        .thenCompose(
            answer -> {
              value(answer, "write part " + part);
              return writeParts(packed, head, part + 1);
            });
  }

  private CompletableFuture<Void> writeHead(TablesHead head, long expectedVersion) {
    return directory
        .put(TablesHead.key(self), head.encode(), OptionalLong.of(expectedVersion))
        .thenAccept(
            answer -> {
              value(answer, "write the head");
              published = head.digest();
              LOG.info(
                  "tables published: version {}, {} bytes in {} parts, digest {}",
                  head.version(),
                  head.packedBytes(),
                  head.parts(),
                  head.digest());
            });
  }

  /** Parts that no head names any more. Who is reading them reads the new head next. */
  private CompletableFuture<Void> removeOthers(TablesHead head) {
    CompletableFuture<Void> removed = CompletableFuture.completedFuture(null);
    for (String key : directory.list(TablesHead.partsOf(self)).keySet()) {
      if (!key.startsWith(TablesHead.partsOf(self) + head.digest() + "/")) {
        removed = removed.thenCompose(_ -> directory.delete(key)).thenAccept(_ -> {});
      }
    }
    return removed;
  }

  private static Optional<TablesHead> head(Directory.Entry entry) {
    try {
      return Optional.of(TablesHead.decode(entry.value()));
    } catch (FormatException e) {
      LOG.warn("the published head is replaced: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static <T> T value(StoreAnswer<T> answer, String what) {
    return switch (answer) {
      case StoreAnswer.Done<T>(var value) -> value;
      case StoreAnswer.Refused<T>(var why) when why == Refusal.CONFLICT ->
          throw new CompletionException(
              new IllegalStateException("another publication came between: " + what));
      case StoreAnswer.Refused<T>(var why) ->
          throw new CompletionException(new IllegalStateException(what + ": refused, " + why));
      case StoreAnswer.Unavailable<T>(var detail) ->
          throw new CompletionException(new IllegalStateException(what + ": " + detail));
    };
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? failure.toString() : cause.toString();
  }
}
