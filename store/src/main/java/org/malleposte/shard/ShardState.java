package org.malleposte.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.raft.StateMachine;

/**
 * The state of one group: a shard's mailboxes, or the directory. All of it, the position in the log
 * included, is in one {@link KeyValueStore} that is written without a log of its own, because the
 * group's log is the durability: what a crash leaves on disk is the state at some earlier index,
 * whole, and the entries after it are applied again.
 *
 * <p><b>Threads.</b> {@code apply}, {@code skip}, {@code snapshot}, {@code restore} and {@code
 * close} belong to the group's applying thread and block on disk. Reads come from any other thread
 * that may block (a {@code BlockingLane}), beside the applying one; {@code restore} and {@code
 * close} wait for those that run.
 */
public final class ShardState implements StateMachine {
  /** Opens the database of a state in a directory. */
  public interface Opener {
    KeyValueStore open(Path directory);
  }

  private static final byte[] NO_ANSWER = {};

  private final StateDirectory directory;
  private final Opener opener;
  private final ShardWatches watches;
  private final UnusedAccount unused;
  // Readers hold the read lock: closing RocksDB under one of them would end the process.
  private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
  // Makes "write and advance" one step for whoever takes a cursor at a known position.
  private final Object applying = new Object();
  private KeyValueStore store;
  private EntryApplier applier;
  private Life life = Life.OPEN;

  private enum Life {
    OPEN,
    CLOSED
  }

  private ShardState(
      StateDirectory directory, UnusedAccount unused, Opener opener, ShardWatches watches) {
    this.unused = unused;
    this.directory = directory;
    this.opener = opener;
    this.watches = watches;
    store = opener.open(directory.database());
    applier = new EntryApplier(store, unused, watches);
  }

  /**
   * Opens or creates the state of a group. Blocks.
   *
   * @param group {@link ShardMap#DIRECTORY_GROUP}, or from 1 to {@code map.shards()}
   * @param founded when the store was founded, see {@link UnusedAccount}
   * @throws org.malleposte.format.FormatException when the directory was founded for another number
   *     of shards or another group
   * @throws UncheckedIOException when the disk fails
   */
  public static ShardState open(
      Path directory, int group, ShardMap map, Instant founded, Opener opener) {
    return open(directory, group, map, founded, opener, new ShardWatches());
  }

  static ShardState open(
      Path directory,
      int group,
      ShardMap map,
      Instant founded,
      Opener opener,
      ShardWatches watches) {
    String purpose = "group " + group + " of " + map.shards();
    return new ShardState(
        StateDirectory.open(directory, purpose), UnusedAccount.of(founded), opener, watches);
  }

  @Override
  public Position position() {
    synchronized (applying) {
      return applier.position();
    }
  }

  @Override
  public byte[] apply(long term, long index, byte[] entry) {
    EntryApplier.Result result;
    synchronized (applying) {
      if (index <= applier.position().index()) {
        return NO_ANSWER;
      }
      result = applier.apply(new Position(term, index), entry);
    }
    watches.raise(result.news());
    return result.answer();
  }

  @Override
  public void skip(long term, long index) {
    synchronized (applying) {
      if (index > applier.position().index()) {
        applier.skip(new Position(term, index));
      }
    }
  }

  /**
   * Also from another thread that may block, for a backup: it falls between two entries.
   *
   * @param target is created if it does not exist
   */
  @Override
  public Position snapshot(Path target) {
    open.readLock().lock();
    try {
      requireOpen();
      return snapshotBetweenEntries(target);
    } finally {
      open.readLock().unlock();
    }
  }

  private Position snapshotBetweenEntries(Path target) {
    synchronized (applying) {
      applier.writePosition();
      store.flush();
      try {
        Files.createDirectories(target);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write a snapshot", e);
      }
      store.checkpoint(target.resolve(StateDirectory.SNAPSHOT_DATABASE));
      return applier.position();
    }
  }

  /** When it fails, the old state is still there. */
  @Override
  public void restore(Path snapshot) {
    Map<AccountName, Set<Long>> watched = watchedMailboxes(Map.of());
    // Opened before anything is given up: a damaged snapshot must not cost a good state.
    var fresh = opener.open(directory.prepare(snapshot));
    try {
      directory.switchToPrepared();
    } catch (RuntimeException e) {
      fresh.close();
      throw e;
    }
    replaceBy(fresh);
    directory.deleteOthers();
    announce(watched);
  }

  /** Tells the watchers that everything may be another than before. */
  void announce() {
    announce(Map.of());
  }

  private void announce(Map<AccountName, Set<Long>> before) {
    watchedMailboxes(before)
        .forEach(
            (account, ids) ->
                ids.forEach(id -> watches.raise(account, new MailboxChange.Unknown(id))));
    watches.raiseAllKeys();
  }

  private void replaceBy(KeyValueStore fresh) {
    open.writeLock().lock();
    try {
      requireOpen();
      synchronized (applying) {
        store.close();
        store = fresh;
        applier = new EntryApplier(store, unused, watches);
      }
    } finally {
      open.writeLock().unlock();
    }
  }

  /** The mailboxes of all accounts that somebody watches, together with {@code more}. */
  private Map<AccountName, Set<Long>> watchedMailboxes(Map<AccountName, Set<Long>> more) {
    var mailboxes = new HashMap<AccountName, Set<Long>>(more);
    for (var account : watches.watchedAccounts()) {
      var ids = mailboxes.computeIfAbsent(account, a -> new HashSet<>());
      read(reader -> reader.list(account)).stream().map(MailboxInfo::id).forEach(ids::add);
    }
    return mailboxes;
  }

  /**
   * Reads what is applied here. Blocks on disk. {@code reading} must not keep the reader.
   *
   * @throws UncheckedIOException when the disk fails, or the state is closed
   */
  <T> T read(Function<ShardReader, T> reading) {
    open.readLock().lock();
    try {
      requireOpen();
      return reading.apply(new ShardReader(store, unused));
    } finally {
      open.readLock().unlock();
    }
  }

  /** A digest of the content between two keys, and the index at which it was that. */
  public record Digest(Position position, long keys, byte[] sha256) {
    /** Whether two replicas that stand at the same index hold the same. */
    public boolean agrees(Digest other) {
      return keys == other.keys && Arrays.equals(sha256, other.sha256);
    }
  }

  /**
   * A digest of all keys from {@code from} (inclusive) to {@code to} (exclusive) and their values.
   * All replicas have the same at the same index; only the key of the position itself may differ,
   * so leave that out: begin above {@link #firstKey}. Blocks while it reads them all; applying goes
   * on.
   */
  public Digest digest(byte[] from, byte[] to) {
    open.readLock().lock();
    try {
      requireOpen();
      Position position;
      KeyValueStore.Cursor cursor;
      synchronized (applying) {
        position = applier.position();
        cursor = store.scan(from, to);
      }
      try (cursor) {
        return RangeDigest.of(position, cursor);
      }
    } finally {
      open.readLock().unlock();
    }
  }

  /** The digest of everything. */
  public Digest digest() {
    return digest(firstKey(), lastKey());
  }

  /** Below all keys of the content. */
  public static byte[] firstKey() {
    return ShardKeys.family(ShardKeys.FIRST);
  }

  /** Above all keys of the content. */
  public static byte[] lastKey() {
    return ShardKeys.family((byte) (ShardKeys.LAST + 1));
  }

  /** Bytes on disk, about. */
  public long sizeBytes() {
    open.readLock().lock();
    try {
      requireOpen();
      return store.sizeBytes();
    } finally {
      open.readLock().unlock();
    }
  }

  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (life == Life.OPEN) {
        life = Life.CLOSED;
        store.close();
      }
    } finally {
      open.writeLock().unlock();
    }
  }

  private void requireOpen() {
    if (life == Life.CLOSED) {
      throw new UncheckedIOException(new IOException("the state is closed"));
    }
  }
}
