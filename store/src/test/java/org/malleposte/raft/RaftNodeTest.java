package org.malleposte.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.LinkException;

class RaftNodeTest {
  @TempDir Path root;
  private final TestCluster cluster = new TestCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private TestNode.Seat seat(String name, Role role, int founders) {
    return TestNode.Seat.of(name, role, root, founders);
  }

  @Test
  void aNodeAloneFoundsAppliesAndRestarts() throws Exception {
    var seat = seat("a", Role.PRIMARY, 1);
    var node = cluster.start(seat);
    assertThat(node.propose("one").get(10, SECONDS).answer())
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0);
    node.propose("two").get(10, SECONDS);
    cluster.stop(node);

    node = cluster.start(seat);
    long index = node.propose("three").get(10, SECONDS).index();
    node.group().applied(index).get(1, SECONDS);
    assertThat(node.ledger().names()).containsExactly("one", "two", "three");
    assertThat(node.group().readIndex(Duration.ofSeconds(5)).get(5, SECONDS))
        .isGreaterThanOrEqualTo(index);
  }

  @Test
  void threeNodesFoundAndAgreeAndRestartInAnotherOrder() throws Exception {
    var a = seat("a", Role.SECONDARY, 3);
    var b = seat("b", Role.PRIMARY, 3);
    var c = seat("c", Role.SECONDARY, 3);
    var first = cluster.start(a);
    var second = cluster.start(b);
    assertThat(first.raft.opened()).isNotDone();
    assertThatThrownBy(
            () -> first.group().propose(new byte[1], Duration.ofMillis(100)).get(5, SECONDS))
        .hasCauseInstanceOf(LinkException.class);
    var third = cluster.start(c);
    for (var node : cluster.nodes()) {
      TestCluster.write(node, node.name() + "-", 5, 10);
    }
    cluster.awaitSame(15);
    await().until(second::leads);

    cluster.stop(second);
    cluster.stop(first);
    cluster.stop(third);
    cluster.start(c);
    cluster.start(a);
    TestCluster.write(cluster.leader(), "two-", 5, 10);
    cluster.start(b);
    cluster.awaitSame(20);
  }

  @Test
  void theLeaderIsReplacedAndTakesOverAgain() throws Exception {
    var a = seat("a", Role.PRIMARY, 3);
    var leader = cluster.start(a);
    cluster.start(seat("b", Role.SECONDARY, 3));
    cluster.start(seat("c", Role.SECONDARY, 3));
    TestCluster.write(leader, "one-", 5, 10);
    await().until(leader::leads);
    cluster.stop(leader);
    TestCluster.write(cluster.nodes().getFirst(), "two-", 5, 10);
    leader = cluster.start(a);
    await().atMost(Duration.ofSeconds(20)).until(leader::leads);
    TestCluster.write(cluster.nodes().getFirst(), "three-", 5, 10);
    cluster.awaitSame(15);
  }

  @Test
  void aLeaderThatStopsHandsOverAndGetsBack() throws Exception {
    var a = seat("a", Role.PRIMARY, 3);
    var leader = cluster.start(a);
    var b = cluster.start(seat("b", Role.SECONDARY, 3));
    cluster.start(seat("c", Role.SECONDARY, 3));
    TestCluster.write(leader, "one-", 5, 10);
    await().until(leader::leads);
    leader.handOver();
    var next = leader.group().leader().orElseThrow();
    assertThat(next).isNotEqualTo(leader.name());
    // Nobody has to be elected when it is gone.
    long term = b.group().health().term();
    cluster.stop(leader);
    TestCluster.write(b, "two-", 5, 10);
    assertThat(b.group().health().term()).isEqualTo(term);

    leader = cluster.start(a);
    await().atMost(Duration.ofSeconds(20)).until(leader::leads);
    assertThat(leader.group().voters())
        .anySatisfy(p -> assertThat(p.priority()).isEqualTo(Peer.PRIORITY_PRIMARY));
    cluster.awaitSame(10);
  }

  @Test
  void aFollowerThatWasAwayTooLongGetsASnapshot() throws Exception {
    cluster.start(seat("a", Role.PRIMARY, 3));
    cluster.start(seat("b", Role.SECONDARY, 3));
    var seat = seat("c", Role.SECONDARY, 3);
    var away = cluster.start(seat);
    TestCluster.write(away, "one-", 10, 10);
    cluster.stop(away);
    int written = 10;
    // The log is kept from the last snapshot but one. Where those lie depends on how far the
    // entries have run ahead of them, so entries come until it is cut.
    for (int round = 0; firstInLog() <= 100; round++) {
      assertThat(round).as("rounds of 200 entries without a cut").isLessThan(20);
      TestCluster.write(cluster.leader(), "two-" + round + "-", 200, 20_000);
      written += 200;
    }
    var back = cluster.start(seat);
    cluster.awaitSame(written);
    // It serves on, from there.
    cluster.stop(back);
    cluster.start(seat);
    TestCluster.write(cluster.leader(), "three-", 10, 10);
    cluster.awaitSame(written + 10);
  }

  private long firstInLog() throws Exception {
    return cluster.leader().group().peer().orElseThrow().division().getRaftLog().getStartIndex();
  }

  @Test
  void aStateMachineThatThrowsEndsTheGroupHere() throws Exception {
    var node = cluster.start(seat("a", Role.PRIMARY, 1));
    TestCluster.write(node, "one-", 2, 10);
    var later = node.group().applied(1_000_000);
    node.group().propose("poison".getBytes(), Duration.ofSeconds(1));
    await()
        .untilAsserted(
            () ->
                assertThat(node.group().health().condition())
                    .isInstanceOf(GroupHealth.Condition.Failed.class));
    assertThat(later).isCompletedExceptionally();
    assertThat(node.group().leader()).isEmpty();
  }

  @Test
  void anEntryOverTheLimitIsRefusedAndUnseatsNobody() throws Exception {
    var node = cluster.start(seat("a", Role.PRIMARY, 1));
    TestCluster.write(node, "one-", 1, ReplicatedGroup.MAX_ENTRY_BYTES - 6);
    long term = node.group().health().term();
    assertThatThrownBy(
            () -> node.propose("x".repeat(ReplicatedGroup.MAX_ENTRY_BYTES + 1)).get(5, SECONDS))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    TestCluster.write(node, "two-", 1, 1);
    assertThat(node.group().health().term()).isEqualTo(term);
  }
}
