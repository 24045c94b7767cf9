package org.malleposte.shard;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Futures;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener what stands below a prefix of the directory, at the start and after each change,
 * so that it can keep it in memory. Changes of one key may be told as one; the last one always is.
 * Reads run on the lane, one at a time: an older value never comes after a newer one. A read that
 * fails is repeated.
 */
public final class DirectoryMirror implements AutoCloseable {
  /** After a failed read, or when the lane is full. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryMirror.class);

  /** Called on the lane, one call at a time. */
  public interface Listener {
    /** Everything, by key: at the start and after a snapshot was installed. */
    void replaced(Map<String, Directory.Entry> all);

    /**
     * @param entry empty: the key is gone
     */
    void changed(String key, Optional<Directory.Entry> entry);
  }

  private final Directory directory;
  private final String prefix;
  private final BlockingLane lane;
  private final Timers timers;
  private final Listener listener;
  private final AutoCloseable watch;
  // Keys that changed and were not read again yet. Guarded by itself.
  private final Set<String> stale = new LinkedHashSet<>();
  private boolean reading; // guarded by stale
  private boolean failing; // of the reader, of which there is one
  private volatile boolean closed;

  /** Begins at once. */
  public DirectoryMirror(
      Directory directory, String prefix, BlockingLane lane, Timers timers, Listener listener) {
    this.directory = directory;
    this.prefix = prefix;
    this.lane = lane;
    this.timers = timers;
    this.listener = listener;
    this.watch = directory.watch(prefix, this::changed);
    changed(prefix);
  }

  @Override
  public void close() {
    closed = true;
    try {
      watch.close();
    } catch (Exception e) {
      LOG.warn("the watch of {} did not close", prefix, e);
    }
  }

  /** Comes on the shard's thread. */
  private void changed(String key) {
    synchronized (stale) {
      stale.add(key);
      if (reading) {
        return;
      }
      reading = true;
    }
    submit();
  }

  private void submit() {
    try {
      lane.run(this::readStale);
    } catch (RejectedExecutionException e) {
      timers.after(RETRY_AFTER, this::resubmit);
    }
  }

  private void resubmit() {
    if (!closed) {
      submit();
    }
  }

  private void readStale() {
    for (var key = nextStale(); key.isPresent(); key = nextStale()) {
      try {
        read(key.get());
        failing = false;
      } catch (RuntimeException e) {
        tell(key.get(), e);
        synchronized (stale) {
          stale.add(key.get());
        }
        timers.after(RETRY_AFTER, this::resubmit);
        return;
      }
    }
  }

  // Every second would be a log full of it; before the founding it is no trouble at all.
  private void tell(String key, RuntimeException failure) {
    if (!failing) {
      failing = true;
      LOG.info("{} cannot be read yet, trying again: {}", key, Futures.reason(failure));
    }
  }

  /** Empty ends the reader. */
  private Optional<String> nextStale() {
    synchronized (stale) {
      var keys = stale.iterator();
      if (!keys.hasNext() || closed) {
        reading = false;
        return Optional.empty();
      }
      String key = keys.next();
      keys.remove();
      return Optional.of(key);
    }
  }

  private void read(String key) {
    if (key.equals(prefix)) {
      listener.replaced(directory.list(prefix));
    } else {
      listener.changed(key, directory.get(key));
    }
  }
}
