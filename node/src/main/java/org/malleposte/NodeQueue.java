package org.malleposte;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.malleposte.config.NodeConfig;
import org.malleposte.handover.HeldCopies;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.RocksSpool;

/** What the queue has on this node's disk: the spool, and the copies held for others. */
final class NodeQueue implements AutoCloseable {
  private static final int LANE_THREADS = 4;
  private static final int LANE_WAITING = 20_000;
  private static final int PAGE = 1000;

  private final ExecutorService spoolCommitter = committer("spool-commit");
  private final ExecutorService copiesCommitter = committer("copies-commit");
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingLane lane = new BlockingLane("queue", LANE_THREADS, LANE_WAITING);
  private final DiskSpace disk;
  private final RocksSpool spool;
  private final HeldCopies copies;

  /** Opens both. Blocks. */
  NodeQueue(NodeConfig config, InstantSource clock, RandomGenerator random) throws StartException {
    var data = config.node().data();
    try {
      Files.createDirectories(data);
      var device = Files.getFileStore(data);
      disk = new DiskSpace(() -> usable(device), config.queue().minFreeBytes());
      spool =
          RocksSpool.open(
              config.node().spoolDirectory(),
              spoolCommitter,
              blocking(),
              disk,
              RocksSpool.Limits.DEFAULT,
              random);
      copies =
          HeldCopies.open(
              config.node().copiesDirectory(), copiesCommitter, blocking(), disk, clock);
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new StartException("node.data cannot be used: " + e.getMessage(), e);
    }
  }

  private static long usable(java.nio.file.FileStore device) {
    try {
      return device.getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ExecutorService committer(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  RocksSpool spool() {
    return spool;
  }

  HeldCopies copies() {
    return copies;
  }

  DiskSpace disk() {
    return disk;
  }

  Executor blocking() {
    return lane::run;
  }

  /** A virtual thread a task. */
  Executor virtual() {
    return virtual;
  }

  /** Entries that no other node has a copy of. Walks over all, without touching the disk. */
  long single() {
    long single = 0;
    var page = spool.briefs(Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      single += page.stream().filter(e -> e.getValue().holders().isEmpty()).count();
      page = spool.briefs(Optional.of(page.getLast().getKey()), PAGE);
    }
    return single;
  }

  Map<String, String> facts() {
    var depth = spool.depth();
    return Map.of(
        NodeAdministration.SPOOLED, Long.toString(depth.entries()),
        NodeAdministration.SPOOLED_BYTES, Long.toString(depth.bytes()),
        NodeAdministration.COPIES, Long.toString(copies.count()));
  }

  @Override
  public void close() {
    virtual.shutdown();
    lane.close();
    spool.close();
    copies.close();
    spoolCommitter.shutdown();
    copiesCommitter.shutdown();
  }
}
