package org.malleposte.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.ScheduledTimers;

/** One node of a store in this process: real Ratis on loopback, faked membership. */
final class TestNode implements AutoCloseable {
  static final RaftSettings.Tuning SMALL =
      new RaftSettings.Tuning(
          Duration.ofMillis(500),
          Duration.ofMillis(900),
          200,
          64L << 20,
          4 << 20,
          Duration.ofSeconds(1));

  private final FakeNetwork network;
  private final NodeName name;
  private final ScheduledTimers timers;
  private final Map<Integer, Ledger> ledgers = new ConcurrentHashMap<>();
  final StoreIdentity identity;
  final RaftNode raft;
  private final FakeNetwork.Node node;

  /** What does not change when a node is started again. */
  record Seat(
      String name,
      Role role,
      Path directory,
      int port,
      int groups,
      int founders,
      Optional<RaftSettings.Tls> tls) {
    static Seat of(String name, Role role, Path root, int founders) {
      return new Seat(name, role, root.resolve(name), freePort(), 1, founders, Optional.empty());
    }

    Seat grouped(int count) {
      return new Seat(name, role, directory, port, count, founders, tls);
    }

    Seat at(int otherPort) {
      return new Seat(name, role, directory, otherPort, groups, founders, tls);
    }

    Seat with(Optional<RaftSettings.Tls> other) {
      return new Seat(name, role, directory, port, groups, founders, other);
    }
  }

  TestNode(FakeNetwork network, Seat seat) throws IOException {
    this.network = network;
    this.name = new NodeName(seat.name);
    timers = new ScheduledTimers("timers-" + seat.name);
    identity = StoreIdentity.open(seat.directory, new Random());
    String address = "127.0.0.1:" + seat.port;
    node = network.join(name, seat.role, identity.id(), address);
    var settings =
        new RaftSettings(
            name,
            identity,
            address,
            address,
            seat.directory,
            "test",
            seat.groups,
            seat.founders,
            seat.tls,
            SMALL);
    raft =
        new RaftNode(
            settings, node, node, timers, InstantSource.system(), new Random(), this::ledger);
    raft.start();
  }

  private StateMachine ledger(int group, Path directory, Instant founded) {
    var ledger = new Ledger(directory);
    ledgers.put(group, ledger);
    return ledger;
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  NodeName name() {
    return name;
  }

  RaftGroup group() {
    return raft.group(0);
  }

  Ledger ledger() {
    return ledgers.get(0);
  }

  CompletableFuture<ReplicatedGroup.Committed> propose(String entry) {
    return group().propose(entry.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(15));
  }

  boolean leads() {
    return group().health().condition() instanceof GroupHealth.Condition.Leader;
  }

  /** As a node stops that is told to. */
  void handOver() throws Exception {
    node.notReady();
    raft.handOver().get(10, java.util.concurrent.TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    network.leave(name);
    raft.close();
    timers.close();
  }
}
