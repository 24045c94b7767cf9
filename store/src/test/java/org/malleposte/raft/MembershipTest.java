package org.malleposte.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;

/** Disks that are replaced, nodes that are added, nodes that move. */
class MembershipTest {
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
  void aWipedFollowerIsANewPeerAndIsFilled() throws Exception {
    cluster.start(seat("a", Role.PRIMARY, 3));
    cluster.start(seat("b", Role.SECONDARY, 3));
    var seat = seat("c", Role.SECONDARY, 3);
    var node = cluster.start(seat);
    TestCluster.write(node, "one-", 300, 1000);
    String old = node.identity.id();
    cluster.stop(node);
    TestCluster.write(cluster.leader(), "two-", 10, 10);
    cluster.wipe(seat);

    node = cluster.start(seat);
    assertThat(node.identity.id()).isNotEqualTo(old);
    cluster.awaitVoters("a", "b", "c");
    cluster.awaitSame(310);
    TestCluster.write(node, "three-", 10, 10);
    cluster.awaitSame(320);
  }

  @Test
  void aWipedLeaderIsANewPeerAndLeadsAgain() throws Exception {
    var seat = seat("a", Role.PRIMARY, 3);
    var node = cluster.start(seat);
    cluster.start(seat("b", Role.SECONDARY, 3));
    cluster.start(seat("c", Role.SECONDARY, 3));
    TestCluster.write(node, "one-", 50, 1000);
    await().until(node::leads);
    cluster.stop(node);
    cluster.wipe(seat);
    node = cluster.start(seat);
    cluster.awaitVoters("a", "b", "c");
    cluster.awaitSame(50);
    await().atMost(Duration.ofSeconds(20)).until(node::leads);
    TestCluster.write(node, "two-", 10, 10);
    cluster.awaitSame(60);
  }

  @Test
  void oneGrowsToTwoAndThreeAndAFourthIsSpare() throws Exception {
    var a = cluster.start(seat("a", Role.PRIMARY, 1));
    TestCluster.write(a, "one-", 250, 1000);
    cluster.start(seat("b", Role.SECONDARY, 3));
    cluster.awaitVoters("a", "b");
    TestCluster.write(cluster.nodes().get(1), "two-", 10, 10);
    cluster.start(seat("c", Role.SECONDARY, 3));
    cluster.awaitVoters("a", "b", "c");
    cluster.awaitSame(260);

    var d = cluster.start(seat("d", Role.SECONDARY, 3));
    d.raft.opened().get(10, SECONDS);
    // One that is no voter still finds the leader.
    TestCluster.write(d, "three-", 10, 10);
    assertThat(d.group().health().condition()).isInstanceOf(GroupHealth.Condition.Spare.class);
    cluster.stop(d);
    cluster.awaitSame(270);
  }

  @Test
  void aPairWhoseOtherDiskIsReplacedGoesOnAndFillsIt() throws Exception {
    var a = seat("a", Role.PRIMARY, 2);
    var b = seat("b", Role.SECONDARY, 2);
    var first = cluster.start(a);
    cluster.start(b);
    TestCluster.write(first, "one-", 250, 1000);
    cluster.awaitSame(250);
    cluster.stop(first);
    cluster.wipe(a);

    cluster.start(a);
    cluster.awaitVoters("a", "b");
    cluster.awaitSame(250);
    TestCluster.write(cluster.nodes().get(1), "two-", 10, 10);
    cluster.awaitSame(260);
    // And it stays so.
    for (var node : cluster.nodes()) {
      cluster.stop(node);
    }
    cluster.start(a);
    cluster.start(b);
    TestCluster.write(cluster.leader(), "three-", 10, 10);
    cluster.awaitSame(270);
  }

  @Test
  void aPairWhoseOtherIsOnlyAwayWaits() throws Exception {
    var a = seat("a", Role.PRIMARY, 2);
    var b = seat("b", Role.SECONDARY, 2);
    cluster.start(a);
    cluster.start(b);
    TestCluster.write(cluster.leader(), "one-", 10, 10);
    // A follower hears what is committed a message later; it must have heard before it is alone.
    cluster.awaitSame(10);
    cluster.stop(cluster.nodes().getFirst());
    var left = cluster.nodes().getFirst();
    await().atMost(Duration.ofSeconds(20)).until(() -> left.group().leader().isEmpty());
    await()
        .during(Duration.ofSeconds(8))
        .atMost(Duration.ofSeconds(10))
        .until(() -> left.group().leader().isEmpty());
    assertThat(left.ledger().size()).isEqualTo(10);
  }

  @Test
  void aPeerThatMovesIsFound() throws Exception {
    cluster.start(seat("a", Role.PRIMARY, 3));
    cluster.start(seat("b", Role.SECONDARY, 3));
    var seat = seat("c", Role.SECONDARY, 3);
    var node = cluster.start(seat);
    TestCluster.write(node, "one-", 10, 10);
    cluster.stop(node);
    cluster.start(seat.at(TestNode.freePort()));
    TestCluster.write(cluster.leader(), "two-", 10, 10);
    cluster.awaitSame(20);
  }

  @Test
  void allMoveAtOnce() throws Exception {
    var seats =
        java.util.List.of(
            seat("a", Role.PRIMARY, 3), seat("b", Role.SECONDARY, 3), seat("c", Role.SECONDARY, 3));
    for (var seat : seats) {
      cluster.start(seat);
    }
    TestCluster.write(cluster.leader(), "one-", 10, 10);
    for (var node : cluster.nodes()) {
      cluster.stop(node);
    }
    for (var seat : seats) {
      cluster.start(seat.at(TestNode.freePort()));
    }
    TestCluster.write(cluster.leader(), "two-", 10, 10);
    cluster.awaitSame(20);
  }

  @Test
  void aDirectoryThatLostItsGroupsIsRefused() throws Exception {
    var seat = seat("a", Role.PRIMARY, 1);
    var node = cluster.start(seat);
    TestCluster.write(node, "one-", 10, 10);
    cluster.stop(node);
    Ledger.deleteAll(seat.directory().resolve("raft"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> cluster.start(seat))
        .isInstanceOf(StoreDamagedException.class)
        .hasMessageContaining("missing");
    Files.delete(seat.directory().resolve("id"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> cluster.start(seat))
        .isInstanceOf(StoreDamagedException.class)
        .hasMessageContaining("no file id");
  }
}
