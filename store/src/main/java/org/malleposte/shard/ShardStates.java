package org.malleposte.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The states of all groups on this node. Whoever replicates them opens them, when the store is
 * founded or later again; readers and watchers come by here, and may come before.
 */
public final class ShardStates {
  private final ShardMap map;
  private final ShardState.Opener opener;
  private final AtomicReferenceArray<ShardState> states;
  private final List<ShardWatches> watches;

  public ShardStates(ShardMap map, ShardState.Opener opener) {
    this.map = map;
    this.opener = opener;
    states = new AtomicReferenceArray<>(1 + map.shards());
    watches = IntStream.rangeClosed(0, map.shards()).mapToObj(_ -> new ShardWatches()).toList();
  }

  public ShardMap map() {
    return map;
  }

  /**
   * Opens the state of a group; the one that was opened before, if any, is closed by then. Blocks.
   * For {@code RaftNode.StateMachines}.
   */
  public ShardState open(int group, Path directory, Instant founded) {
    var state = ShardState.open(directory, group, map, founded, opener, watches.get(group));
    states.set(group, state);
    state.announce();
    return state;
  }

  /**
   * The state of a group, for digests and backups.
   *
   * @throws UncheckedIOException when it is not open on this node
   */
  public ShardState state(int group) {
    var state = states.get(group);
    if (state == null) {
      throw new UncheckedIOException(
          new IOException("group " + group + " of the store is not open on this node"));
    }
    return state;
  }

  /** Whether the group has been opened on this node, so that there is something to read. */
  boolean isOpen(int group) {
    return states.get(group) != null;
  }

  /**
   * Blocks.
   *
   * @throws UncheckedIOException also when the group is not open
   */
  <T> T read(int group, Function<ShardReader, T> reading) {
    return state(group).read(reading);
  }

  ShardWatches watches(int group) {
    return watches.get(group);
  }
}
