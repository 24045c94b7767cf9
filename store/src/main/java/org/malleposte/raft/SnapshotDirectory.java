package org.malleposte.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one group on this disk: directories {@code snapshot.TERM_INDEX} of whatever
 * files the state machine wrote. One that is being written has another name, so what bears the name
 * is whole; one that came from another node bears the name before it is synced, and is checked
 * against its digests before it is used (see {@link #verify}).
 *
 * <p>Written by the group's applying thread; read by any.
 */
final class SnapshotDirectory implements StateMachineStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);
  private static final Pattern NAME = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
  private static final String PARTIAL = "partial";
  private static final int KEPT = 2;
  // A snapshot that is being sent must outlive those that are taken meanwhile, or a big store could
  // never be sent under load.
  private static final Duration KEPT_AFTER_READ = Duration.ofMinutes(10);

  /** A whole snapshot. */
  final class Stored implements SnapshotInfo {
    private final TermIndex position;
    private final Path directory;
    private volatile Instant lastRead = Instant.MIN;

    Stored(TermIndex position, Path directory) {
      this.position = position;
      this.directory = directory;
    }

    @Override
    public TermIndex getTermIndex() {
      return position;
    }

    /** Ratis asks for the files only when it sends them. */
    @Override
    public List<FileInfo> getFiles() {
      lastRead = clock.instant();
      try (var files = Files.walk(directory)) {
        return files
            .filter(Files::isRegularFile)
            .filter(f -> !isDigest(f))
            .sorted()
            .map(f -> new FileInfo(f.toAbsolutePath(), null))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Path directory() {
      return directory;
    }

    @Override
    public String toString() {
      return directory.toString();
    }
  }

  private final InstantSource clock;
  private Path snapshots;
  private Path received;
  private volatile List<Stored> stored = List.of();

  SnapshotDirectory(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void init(RaftStorage storage) throws IOException {
    var root = storage.getStorageDir();
    snapshots = root.getStateMachineDir().toPath();
    received = root.getTmpDir().toPath();
    Files.createDirectories(snapshots);
    removeLeftovers(root.getRoot().toPath());
    reload();
  }

  // Ratis swaps directories when a snapshot arrives; a crash leaves the old or the partial one.
  private void removeLeftovers(Path root) throws IOException {
    deleteAll(received);
    deleteAll(snapshots.resolve(PARTIAL));
    try (var files = Files.list(root)) {
      for (var file : files.toList()) {
        String name = file.getFileName().toString();
        if (!file.equals(snapshots) && name.contains(snapshots.getFileName() + ".tmp")) {
          deleteAll(file);
        }
      }
    }
  }

  /** Looks at the disk again: another node's snapshot has arrived. */
  void reload() throws IOException {
    try (var files = Files.list(snapshots)) {
      stored =
          files
              .flatMap(f -> known(f).or(() -> parse(f)).stream())
              .sorted(Comparator.comparing(Stored::getTermIndex))
              .toList();
    }
  }

  // The object knows when it was read.
  private Optional<Stored> known(Path directory) {
    return stored.stream().filter(s -> s.directory.equals(directory)).findFirst();
  }

  private Optional<Stored> parse(Path directory) {
    var name = NAME.matcher(directory.getFileName().toString());
    return name.matches()
        ? Optional.of(
            new Stored(
                TermIndex.valueOf(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))),
                directory))
        : Optional.empty();
  }

  Optional<Stored> latest() {
    return stored.isEmpty() ? Optional.empty() : Optional.of(stored.getLast());
  }

  /** The snapshot before the latest: the log is kept from there on. */
  Optional<Stored> previous() {
    return stored.size() < 2 ? Optional.empty() : Optional.of(stored.get(stored.size() - 2));
  }

  @Override
  public SnapshotInfo getLatestSnapshot() {
    return latest().orElse(null);
  }

  /** Writes a snapshot of {@code machine}; after a crash it is there whole or not at all. */
  StateMachine.Position write(StateMachine machine) throws IOException {
    Path partial = snapshots.resolve(PARTIAL);
    deleteAll(partial);
    var position = machine.snapshot(partial);
    syncAll(partial);
    Path target = snapshots.resolve("snapshot." + position.term() + "_" + position.index());
    if (Files.exists(target)) {
      deleteAll(partial);
    } else {
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      sync(snapshots);
    }
    reload();
    return position;
  }

  /**
   * Checks a snapshot that came from another node against the digests that came with it, makes it
   * durable, and removes the digests. Ratis itself syncs nothing.
   *
   * @throws StoreDamagedException when the power failed before it was durable
   */
  void verify(Stored snapshot) throws IOException {
    List<Path> digests;
    try (var files = Files.walk(snapshot.directory)) {
      digests = files.filter(SnapshotDirectory::isDigest).toList();
    }
    for (var digest : digests) {
      String name = digest.toString();
      var data = Path.of(name.substring(0, name.length() - MD5FileUtil.MD5_SUFFIX.length()));
      MD5Hash expected = MD5FileUtil.readStoredMd5ForFile(data.toFile());
      if (!Files.exists(data)
          || expected == null
          || !expected.equals(MD5FileUtil.computeMd5ForFile(data.toFile()))) {
        throw new StoreDamagedException(data + ": not what was sent");
      }
    }
    syncAll(snapshot.directory);
    sync(snapshots);
    for (var digest : digests) {
      Files.delete(digest);
    }
  }

  /**
   * Makes durable what has arrived of a snapshot so far, and removes what earlier transfers left
   * that failed: Ratis does neither. Called often while one is under way.
   */
  void keepUpWithTransfer() throws IOException {
    if (!Files.isDirectory(received)) {
      return;
    }
    try (var files = Files.list(received)) {
      var newestFirst = files.sorted(Comparator.comparing(this::modified).reversed()).toList();
      for (var transfer : newestFirst) {
        if (transfer.equals(newestFirst.getFirst())) {
          syncAll(transfer);
        } else {
          deleteAll(transfer);
        }
      }
    }
  }

  private Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    var all = stored;
    Instant oldestRead = clock.instant().minus(KEPT_AFTER_READ);
    for (var old : all.subList(0, Math.max(0, all.size() - KEPT))) {
      if (old.lastRead.isBefore(oldestRead)) {
        LOG.debug("removing {}", old);
        deleteAll(old.directory);
      }
    }
    reload();
  }

  @Override
  public void format() {}

  private static boolean isDigest(Path file) {
    return file.getFileName().toString().endsWith(MD5FileUtil.MD5_SUFFIX);
  }

  private static void syncAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.toList()) {
        sync(file);
      }
    }
  }

  private static void sync(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      channel.force(true);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
