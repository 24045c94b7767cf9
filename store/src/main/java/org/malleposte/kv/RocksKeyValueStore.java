package org.malleposte.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteOptions;

/**
 * A {@link KeyValueStore} on RocksDB. Values of a kilobyte and more go to blob files, so that
 * compaction does not copy mail bodies again and again.
 *
 * <p>One process at a time: a second one fails on RocksDB's lock, which SIGKILL frees.
 */
public final class RocksKeyValueStore implements KeyValueStore {
  /**
   * How a store is tuned.
   *
   * @param writeBufferBytes memory for what is not yet in a file
   * @param cacheBytes memory for what has been read
   */
  public record Tuning(long writeBufferBytes, long cacheBytes) {
    /** For a queue or a shard of a small machine. */
    public static final Tuning DEFAULT = new Tuning(16L << 20, 16L << 20);
  }

  private static final long MIN_BLOB_BYTES = 1024;
  // Without this RocksDB joins only two synced writes of 64 KiB into one group.
  private static final long GROUP_COMMIT_BYTES = 16L << 20;

  static {
    RocksDB.loadLibrary();
  }

  private final Path directory;
  private final Users users;
  private final LRUCache cache;
  private final BloomFilter bloom;
  private final Options options;
  private final RocksDB db;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions buffered = new WriteOptions().setSync(false);
  private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);

  private RocksKeyValueStore(Path directory, Tuning tuning) throws IOException, RocksDBException {
    this.directory = directory;
    this.users = new Users(directory.toString());
    Files.createDirectories(directory);
    cache = new LRUCache(tuning.cacheBytes());
    bloom = new BloomFilter(10);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(tuning.writeBufferBytes())
            .setMaxWriteBufferNumber(3)
            .setMaxWriteBatchGroupSizeBytes(GROUP_COMMIT_BYTES)
            .setEnableBlobFiles(true)
            .setMinBlobSize(MIN_BLOB_BYTES)
            .setEnableBlobGarbageCollection(true)
            .setBlobGarbageCollectionAgeCutoff(0.5)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setBytesPerSync(1 << 20)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(4 << 20)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxBackgroundJobs(2)
            .setParanoidChecks(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(bloom)
                    .setFormatVersion(5));
    db = RocksDB.open(options, directory.toString());
  }

  /**
   * Opens or creates the store.
   *
   * @throws UncheckedIOException when the directory is damaged, not writable, or held by another
   *     process
   */
  public static RocksKeyValueStore open(Path directory, Tuning tuning) {
    try {
      return new RocksKeyValueStore(directory, tuning);
    } catch (RocksDBException e) {
      throw failed("open", directory, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    users.enter();
    try {
      return Optional.ofNullable(db.get(key));
    } catch (RocksDBException e) {
      throw failed("read", directory, e);
    } finally {
      users.leave();
    }
  }

  @Override
  public void write(WriteBatch batch, Sync sync) {
    users.enter();
    try (var rocks = new org.rocksdb.WriteBatch()) {
      for (var change : batch.changes()) {
        switch (change) {
          case WriteBatch.Change.Put(var key, var value) -> rocks.put(key, value);
          case WriteBatch.Change.Delete(var key) -> rocks.delete(key);
          case WriteBatch.Change.DeleteRange(var from, var to) -> rocks.deleteRange(from, to);
        }
      }
      db.write(
          switch (sync) {
            case SYNCED -> synced;
            case BUFFERED -> buffered;
            case UNLOGGED -> unlogged;
          },
          rocks);
    } catch (RocksDBException e) {
      throw failed("write", directory, e);
    } finally {
      users.leave();
    }
  }

  @Override
  public Cursor scan(byte[] from, byte[] to) {
    return cursor(from, to, false);
  }

  @Override
  public Cursor scanDown(byte[] from, byte[] to) {
    return cursor(from, to, true);
  }

  private Cursor cursor(byte[] from, byte[] to, boolean down) {
    users.enter();
    try {
      return new RocksCursor(db, users, from, to, down);
    } catch (RuntimeException | Error e) {
      users.leave();
      throw e;
    }
  }

  @Override
  public void flush() {
    users.enter();
    try (var wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
      if (db.getLatestSequenceNumber() > 0) {
        db.syncWal();
      }
    } catch (RocksDBException e) {
      throw failed("flush", directory, e);
    } finally {
      users.leave();
    }
  }

  @Override
  public void checkpoint(Path target) {
    users.enter();
    try (var checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw failed("checkpoint", directory, e);
    } finally {
      users.leave();
    }
  }

  @Override
  public long sizeBytes() {
    users.enter();
    try {
      return db.getLongProperty("rocksdb.total-sst-files-size")
          + db.getLongProperty("rocksdb.total-blob-file-size");
    } catch (RocksDBException e) {
      throw failed("measure", directory, e);
    } finally {
      users.leave();
    }
  }

  /** Waits for who is at work here; who comes later gets an error, not a crash of the process. */
  @Override
  public void close() {
    if (!users.close()) {
      return;
    }
    try {
      db.closeE();
    } catch (RocksDBException e) {
      throw failed("close", directory, e);
    } finally {
      synced.close();
      buffered.close();
      unlogged.close();
      options.close();
      bloom.close();
      cache.close();
    }
  }

  private static UncheckedIOException failed(String what, Path directory, RocksDBException e) {
    return new UncheckedIOException(
        new IOException("cannot " + what + " " + directory + ": " + e.getMessage(), e));
  }

  private static final class RocksCursor implements Cursor {
    private final Users users;
    private final Slice lower;
    private final Slice upper;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final boolean down;
    private boolean started;
    private boolean closed;

    RocksCursor(RocksDB db, Users users, byte[] from, byte[] to, boolean down) {
      this.users = users;
      this.down = down;
      boolean empty = Arrays.compareUnsigned(from, to) >= 0;
      lower = new Slice(from);
      upper = new Slice(empty ? from : to);
      options = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
      iterator = db.newIterator(options);
    }

    @Override
    public boolean next() {
      if (!started) {
        started = true;
        if (down) {
          iterator.seekToLast();
        } else {
          iterator.seekToFirst();
        }
      } else if (down) {
        iterator.prev();
      } else {
        iterator.next();
      }
      if (iterator.isValid()) {
        return true;
      }
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw new UncheckedIOException(new IOException("cannot scan: " + e.getMessage(), e));
      }
      return false;
    }

    @Override
    public byte[] key() {
      return iterator.key();
    }

    @Override
    public byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      iterator.close();
      options.close();
      lower.close();
      upper.close();
      users.leave();
    }
  }
}
