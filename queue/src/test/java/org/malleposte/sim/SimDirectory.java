package org.malleposte.sim;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.shard.Directory;

/**
 * A directory that needs a majority, loses answers, and may apply a write after it was given up.
 */
final class SimDirectory implements Directory {
  static final class State {
    final TreeMap<String, Entry> entries = new TreeMap<>();

    StoreAnswer<Long> put(String key, byte[] value, OptionalLong expected) {
      long version = entries.containsKey(key) ? entries.get(key).version() : 0;
      if (expected.isPresent() && expected.getAsLong() != version) {
        return StoreAnswer.refused(StoreAnswer.Refusal.CONFLICT);
      }
      entries.put(key, new Entry(value.clone(), version + 1));
      return StoreAnswer.done(version + 1);
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final SimCluster cluster;
  private final SimProcess process;

  SimDirectory(SimCluster cluster, SimProcess process) {
    this.cluster = cluster;
    this.process = process;
  }

  private <T> CompletableFuture<StoreAnswer<T>> propose(Supplier<StoreAnswer<T>> change) {
    var world = cluster.world;
    var answer = new CompletableFuture<StoreAnswer<T>>();
    process.after(PATIENCE, () -> answer.complete(StoreAnswer.unavailable("timed out")));
    // A few are applied long after the caller has given them up.
    var delay = isTroubled() ? world.upTo(20_000) : world.upTo(20);
    boolean answerIsLost = isTroubled();
    world.after(
        delay,
        () -> {
          if (cluster.hasMajority(process.name)) {
            var applied = change.get();
            if (!answerIsLost) {
              process.run(() -> answer.complete(applied));
            }
          }
        });
    return answer;
  }

  private boolean isTroubled() {
    return cluster.world.random.nextInt(12) == 0 && !cluster.directoryIsWell;
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> put(
      String key, byte[] value, OptionalLong expectedVersion) {
    return propose(
        () -> {
          var answer = cluster.directory.put(key, value, expectedVersion);
          cluster.log(process.name + " directory " + key + " " + answer);
          return answer;
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(String key) {
    return propose(
        () -> {
          cluster.directory.entries.remove(key);
          return StoreAnswer.done(null);
        });
  }

  @Override
  public Optional<Entry> get(String key) {
    return Optional.ofNullable(cluster.directory.entries.get(key));
  }

  @Override
  public Map<String, Entry> list(String prefix) {
    return new TreeMap<>(cluster.directory.entries.subMap(prefix, prefix + "\uffff"));
  }

  @Override
  public CompletableFuture<StoreAnswer<Optional<Entry>>> getCurrent(String key) {
    return propose(() -> StoreAnswer.done(get(key)));
  }

  @Override
  public AutoCloseable watch(String prefix, Consumer<String> listener) {
    return () -> {};
  }
}
