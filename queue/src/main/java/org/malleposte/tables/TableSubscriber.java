package org.malleposte.tables;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.malleposte.format.FormatException;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.shard.DirectoryMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a secondary's copy of the tables that primaries have published: from the directory as soon
 * as they change, and on disk, so that it knows who exists after its own restart even while all
 * others are down.
 *
 * <p>{@link #view} and {@link #credentials} are for all threads and never block.
 */
public final class TableSubscriber implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableSubscriber.class);
  private static final byte[] NOTHING = {};

  /** What is in force, replaced as a whole. */
  private record InForce(
      NavigableMap<NodeName, Held> held, PublishedView view, byte[] credentials) {}

  private record Held(String digest, PublishedTables tables) {}

  private final Directory directory;
  private final TableCopies copies;
  private final Consumer<PublishedView> listener;
  private final DirectoryMirror mirror;
  private volatile InForce inForce;

  /**
   * Reads the copies on disk, then follows the directory. Blocks for the first.
   *
   * @param copies where they are kept on disk
   * @param lane where the directory is read and tables are unpacked
   * @param listener told after each change, on the lane
   */
  public TableSubscriber(
      Directory directory,
      TableCopies copies,
      BlockingLane lane,
      Timers timers,
      Consumer<PublishedView> listener) {
    this.directory = directory;
    this.copies = copies;
    this.listener = listener;
    var held = new TreeMap<NodeName, Held>();
    copies.read().forEach((primary, packed) -> unpack(primary, packed, held));
    this.inForce = inForce(held);
    this.mirror =
        new DirectoryMirror(directory, TablesHead.PREFIX, lane, timers, new HeadListener());
  }

  /** What is known of the primaries' tables now. */
  public PublishedView view() {
    return inForce.view;
  }

  /**
   * The published lines of credentials of all primaries: the same array as long as nothing changes.
   * Do not change it.
   */
  public byte[] credentials() {
    return inForce.credentials;
  }

  @Override
  public void close() {
    mirror.close();
  }

  /** Called on the lane, one call at a time. */
  private final class HeadListener implements DirectoryMirror.Listener {
    @Override
    public void replaced(Map<String, Directory.Entry> all) {
      // An empty directory is no news: it may be one that was founded anew. What is on disk stays.
      var gone = new HashSet<>(inForce.held.keySet());
      all.forEach(
          (key, entry) -> {
            TablesHead.primary(key).ifPresent(gone::remove);
            take(key, entry);
          });
      if (!all.isEmpty()) {
        gone.forEach(TableSubscriber.this::forget);
      }
    }

    @Override
    public void changed(String key, Optional<Directory.Entry> entry) {
      if (entry.isPresent()) {
        take(key, entry.get());
      } else {
        TablesHead.primary(key).ifPresent(TableSubscriber.this::forget);
      }
    }
  }

  private void take(String key, Directory.Entry entry) {
    Optional<NodeName> primary = TablesHead.primary(key);
    if (primary.isEmpty()) {
      return;
    }
    try {
      TablesHead head = TablesHead.decode(entry.value());
      Held held = inForce.held.get(primary.get());
      if (held == null || !held.digest.equals(head.digest())) {
        take(primary.get(), head);
      }
    } catch (FormatException e) {
      LOG.error("published tables of {} are not taken, the old ones stay", primary.get(), e);
    }
  }

  private void take(NodeName primary, TablesHead head) {
    PackedTables packed = PackedTables.of(parts(primary, head));
    if (!packed.digest().equals(head.digest())) {
      throw new FormatException("digest is " + packed.digest() + ", not " + head.digest());
    }
    var held = new TreeMap<>(inForce.held);
    held.put(primary, new Held(packed.digest(), TablesCodec.decode(primary, packed.unpack())));
    keep(primary, packed);
    put(held);
    LOG.info(
        "tables of {} in force: version {}, digest {}", primary, head.version(), head.digest());
  }

  private void keep(NodeName primary, PackedTables packed) {
    try {
      copies.write(primary, packed);
    } catch (UncheckedIOException e) {
      // Better to know who exists until the next restart than not at all.
      LOG.error("tables of {} cannot be kept on disk", primary, e);
    }
  }

  /**
   * @throws IllegalStateException when one is missing: the mirror reads the head again, since newer
   *     tables may have come between
   */
  private byte[] parts(NodeName primary, TablesHead head) {
    var packed = new ByteArrayOutputStream(head.packedBytes());
    for (int part = 0; part < head.parts(); part++) {
      String key = head.partKey(primary, part);
      packed.writeBytes(
          directory
              .get(key)
              .orElseThrow(() -> new IllegalStateException("not there: " + key))
              .value());
      if (packed.size() > head.packedBytes()) {
        throw new FormatException("parts are larger than the head says");
      }
    }
    return packed.toByteArray();
  }

  private void forget(NodeName primary) {
    var held = new TreeMap<>(inForce.held);
    if (held.remove(primary) != null) {
      copies.delete(primary);
      put(held);
      LOG.info("tables of {} are no longer published", primary);
    }
  }

  private void put(NavigableMap<NodeName, Held> held) {
    inForce = inForce(held);
    listener.accept(inForce.view);
  }

  private static void unpack(
      NodeName primary, PackedTables packed, NavigableMap<NodeName, Held> held) {
    try {
      held.put(primary, new Held(packed.digest(), TablesCodec.decode(primary, packed.unpack())));
    } catch (FormatException e) {
      LOG.error("the copy of the tables of {} is damaged and not used", primary, e);
    }
  }

  private static InForce inForce(NavigableMap<NodeName, Held> held) {
    List<PublishedTables> tables = new ArrayList<>();
    var credentials = new ByteArrayOutputStream();
    for (Held each : held.values()) {
      tables.add(each.tables);
      credentials.writeBytes(each.tables.credentials());
    }
    return new InForce(
        held,
        tables.isEmpty() ? new PublishedView.Awaited() : new PublishedView.Known(tables),
        tables.isEmpty() ? NOTHING : credentials.toByteArray());
  }
}
