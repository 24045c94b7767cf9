package org.malleposte.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;

class RaftNodeTest {
  @TempDir Path root;
  private final TestCluster cluster = new TestCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void aNodeAloneFoundsAppliesAndRestarts() throws Exception {
    var seat = TestNode.Seat.of("a", Role.PRIMARY, root, 1);
    var node = cluster.start(seat);
    assertThat(node.propose("one").get(10, SECONDS).answer())
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0);
    node.propose("two").get(10, SECONDS);
    cluster.stop(node);

    long before = System.nanoTime();
    node = cluster.start(seat);
    long index = node.propose("three").get(10, SECONDS).index();
    System.err.println("restart: " + (System.nanoTime() - before) / 1_000_000 + " ms");
    node.group().applied(index).get(1, SECONDS);
    assertThat(node.ledger().names()).containsExactly("one", "two", "three");
    assertThat(node.group().readIndex(Duration.ofSeconds(5)).get(5, SECONDS))
        .isGreaterThanOrEqualTo(index);
  }

  @Test
  void threeNodesFoundAndAgree() throws Exception {
    var a = cluster.start(TestNode.Seat.of("a", Role.PRIMARY, root, 3));
    var b = cluster.start(TestNode.Seat.of("b", Role.SECONDARY, root, 3));
    assertThat(a.raft.opened()).isNotDone();
    var c = cluster.start(TestNode.Seat.of("c", Role.SECONDARY, root, 3));
    b.propose("from-b").get(15, SECONDS);
    c.propose("from-c").get(15, SECONDS);
    a.propose("from-a").get(15, SECONDS);
    for (var node : cluster.nodes()) {
      await()
          .untilAsserted(
              () ->
                  assertThat(node.ledger().names()).containsExactly("from-b", "from-c", "from-a"));
    }
    await().until(a::leads);
  }
}
