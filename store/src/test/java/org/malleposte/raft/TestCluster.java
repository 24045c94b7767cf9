package org.malleposte.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/** The nodes of one test, closed at its end. */
final class TestCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  final FakeNetwork network = new FakeNetwork(ForkJoinPool.commonPool());
  private final List<TestNode> nodes = new ArrayList<>();

  TestNode start(TestNode.Seat seat) throws IOException {
    var node = new TestNode(network, seat);
    nodes.add(node);
    return node;
  }

  void stop(TestNode node) {
    nodes.remove(node);
    node.close();
  }

  void wipe(TestNode.Seat seat) throws IOException {
    Ledger.deleteAll(seat.directory());
  }

  List<TestNode> nodes() {
    return List.copyOf(nodes);
  }

  TestNode leader() {
    await().atMost(PATIENCE).until(() -> nodes.stream().anyMatch(TestNode::leads));
    return nodes.stream().filter(TestNode::leads).findFirst().orElseThrow();
  }

  TestNode follower() {
    var leader = leader();
    return nodes.stream().filter(n -> n != leader).findFirst().orElseThrow();
  }

  /** Writes entries {@code PREFIX0}, {@code PREFIX1}, ... by {@code node}; several at once. */
  static void write(TestNode node, String prefix, int count, int ballast) throws Exception {
    var all = new ArrayList<CompletableFuture<?>>();
    for (int i = 0; i < count; i++) {
      all.add(node.propose(prefix + i + " " + "x".repeat(ballast)));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, SECONDS);
  }

  /** Waits until all running nodes have the same ledger, of {@code size} entries. */
  void awaitSame(int size) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (var node : nodes) {
                assertThat(node.ledger()).as(node.name().value()).isNotNull();
                assertThat(node.ledger().size()).as(node.name().value()).isEqualTo(size);
              }
            });
    var first = nodes.getFirst().ledger().names();
    nodes.forEach(n -> assertThat(n.ledger().names()).isEqualTo(first));
  }

  void awaitVoters(String... names) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(leader().group().voters().stream().map(Peer::id))
                    .containsExactlyInAnyOrderElementsOf(
                        nodes.stream()
                            .filter(n -> List.of(names).contains(n.name().value()))
                            .map(n -> new Peer.Id(n.name(), n.identity.id()))
                            .toList()));
  }

  @Override
  public void close() {
    nodes().forEach(this::stop);
  }
}
