package org.malleposte.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeName;
import org.malleposte.raft.ReplicatedGroup;
import org.malleposte.raft.StateMachine;

/**
 * A group's log in this process, with a thread that applies its entries to all replicas, in order.
 * May lose proposals and answers, and take a proposal twice.
 */
final class FakeLog implements AutoCloseable {
  /** What goes wrong, each in so many of a hundred proposals. */
  record Faults(int lostProposals, int lostAnswers, int doubled) {
    static final Faults NONE = new Faults(0, 0, 0);
  }

  /** One node's part. */
  final class Replica implements ReplicatedGroup {
    private final StateMachine machine;
    private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private boolean holding;

    Replica(StateMachine machine) {
      this.machine = machine;
    }

    /** From now on entries are not applied here, until {@link #release}. */
    void hold() {
      run(() -> holding = true);
    }

    void release() {
      run(
          () -> {
            holding = false;
            held.forEach(Runnable::run);
            held.clear();
          });
    }

    private byte[] apply(long at, byte[] entry) {
      if (holding) {
        held.add(() -> apply(at, entry));
        return null;
      }
      byte[] answer = machine.apply(1, at, entry);
      var due = waiting.headMap(at, true);
      due.values().forEach(all -> all.forEach(future -> future.complete(null)));
      due.clear();
      return answer;
    }

    @Override
    public CompletableFuture<Committed> propose(byte[] entry, Duration timeout) {
      return FakeLog.this.propose(entry.clone());
    }

    @Override
    public CompletableFuture<Void> applied(long at) {
      var future = new CompletableFuture<Void>();
      thread.execute(
          () -> {
            if (machine.position().index() >= at) {
              future.complete(null);
            } else {
              waiting.computeIfAbsent(at, _ -> new ArrayList<>()).add(future);
            }
          });
      return future;
    }

    @Override
    public CompletableFuture<Long> readIndex(Duration timeout) {
      return CompletableFuture.supplyAsync(() -> index, thread);
    }

    @Override
    public Optional<NodeName> leader() {
      return hasMajority ? Optional.of(new NodeName("leader")) : Optional.empty();
    }
  }

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final List<Replica> replicas = new ArrayList<>();
  private final Random random;
  private volatile Faults faults = Faults.NONE;
  private volatile boolean hasMajority = true;
  private volatile long index = -1;
  private volatile long entries;

  FakeLog(long seed) {
    random = new Random(seed);
  }

  Replica join(StateMachine machine) {
    var replica = new Replica(machine);
    replicas.add(replica);
    index = Math.max(index, machine.position().index());
    return replica;
  }

  void faults(Faults next) {
    faults = next;
  }

  void majority(boolean present) {
    hasMajority = present;
  }

  long entries() {
    return entries;
  }

  /** Runs {@code task} between two entries, and waits for it. */
  void run(Runnable task) {
    CompletableFuture.runAsync(task, thread).join();
  }

  private CompletableFuture<ReplicatedGroup.Committed> propose(byte[] entry) {
    var future = new CompletableFuture<ReplicatedGroup.Committed>();
    thread.execute(
        () -> {
          if (!hasMajority || random.nextInt(100) < faults.lostProposals()) {
            future.completeExceptionally(new LinkException("lost on the way there"));
            return;
          }
          if (random.nextInt(100) < faults.doubled()) {
            append(entry);
          }
          byte[] answer = append(entry);
          if (random.nextInt(100) < faults.lostAnswers()) {
            future.completeExceptionally(new LinkException("lost on the way back"));
          } else {
            future.complete(new ReplicatedGroup.Committed(index, answer));
          }
        });
    return future;
  }

  private byte[] append(byte[] entry) {
    index = index + 1;
    entries = entries + 1;
    byte[] answer = null;
    for (var replica : replicas) {
      byte[] one = replica.apply(index, entry);
      answer = answer == null ? one : answer;
    }
    return answer;
  }

  /** Any one number; for names of sessions, which must differ from run to run of a test. */
  static long anySeed() {
    return ThreadLocalRandom.current().nextLong();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
