package org.malleposte.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.WriteBatch;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.Mails;
import org.malleposte.spool.SpoolEntry.State;

/** What the queue does in one situation each, on the simulated cluster: a primary, b and c. */
class QueueScenarioTest {
  private static final Target.Local ALICE = Mails.local("alice");
  private static final Target.Remote BOB = Mails.remote("bob@far.test");
  private static final Target.Remote DEAD = Mails.remote("bob@dead.test");

  @TempDir Path temporary;
  private final SimWorld world = new SimWorld(7);
  private final Map<QueueId, Instant> answeredAt = new LinkedHashMap<>();
  private SimCluster cluster;
  private SimNode a;
  private SimNode b;
  private SimNode c;

  @BeforeEach
  void start() {
    cluster = new SimCluster(world, temporary);
    a = cluster.nodes.get("a");
    b = cluster.nodes.get("b");
    c = cluster.nodes.get("c");
    world.run(Duration.ofSeconds(3));
  }

  private QueueId id() {
    return QueueId.create(world.instant(), world.random);
  }

  private CompletableFuture<CommitOutcome> send(SimNode node, QueueId id, Target... targets) {
    return send(node, id, 100, targets);
  }

  private CompletableFuture<CommitOutcome> send(
      SimNode node, QueueId id, int sizeBytes, Target... targets) {
    var body = new byte[sizeBytes];
    world.random.nextBytes(body);
    cluster.mail.bodies.put(id, body);
    var list = List.of(targets);
    var outcome =
        node.queue.rule().commit(id, Mails.envelope(list), list, new MessageBody.InMemory(body));
    outcome.thenAccept(_ -> answeredAt.put(id, world.instant()));
    return outcome;
  }

  private List<QueueId> sendMany(SimNode node, int count, Target... targets) {
    var ids = new ArrayList<QueueId>();
    for (int i = 0; i < count; i++) {
      var id = id();
      ids.add(id);
      send(node, id, targets);
      world.run(Duration.ofMillis(20));
    }
    world.run(Duration.ofSeconds(2));
    assertThat(answeredAt).containsKeys(ids.toArray(QueueId[]::new));
    return ids;
  }

  private TreeSet<QueueId> mailbox(String account) {
    return cluster.mail.mailboxes.getOrDefault(account, new TreeSet<>());
  }

  private int sentAbroad(String address, QueueId id) {
    return cluster.mail.abroad.getOrDefault(address, Map.of()).getOrDefault(id, 0);
  }

  private void seconds(long seconds) {
    world.run(Duration.ofSeconds(seconds));
  }

  @Test
  void aNodeThatDeliversStoresLocalMailWithoutTheSpool() {
    var id = id();
    var outcome = send(a, id, ALICE, Mails.local("bob"));
    seconds(1);
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(mailbox("bob")).containsExactly(id);
    assertThat(a.spool.commitCounts().writes()).isZero();
  }

  @Test
  void aSecondarySpoolsWithOneCopyAndFlushes() {
    a.kill();
    seconds(5);
    var id = id();
    var outcome = send(b, id, ALICE);
    seconds(1);
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    assertThat(b.spool.contains(id)).isTrue();
    assertThat(c.held.count()).isEqualTo(1);
    a.start();
    seconds(5);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(b.spool.depth().entries()).isZero();
    assertThat(c.held.count()).isZero();
  }

  @Test
  void theFlushBeginsWithinASecondAndGoesOldestFirst() {
    a.kill();
    seconds(5);
    var ids = sendMany(b, 200, ALICE);
    assertThat(mailbox("alice")).isEmpty();
    a.start();
    while (b.process.view().deliverers().isEmpty()) {
      world.run(Duration.ofMillis(10));
    }
    seconds(1);
    assertThat(mailbox("alice")).contains(ids.getFirst());
    seconds(5);
    assertThat(b.spool.depth().entries()).isZero();
    seconds(30); // what the store did not take at once is in the deliverer's spool
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
  }

  @Test
  void largeBodiesAreCopiedAndFlushedInParts() {
    a.kill();
    seconds(5);
    var id = id();
    send(b, id, 3_000_000, ALICE, BOB);
    seconds(3);
    assertThat(answeredAt).containsKey(id);
    assertThat(c.held.bytes()).isEqualTo(3_000_000);
    a.start();
    seconds(20);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(sentAbroad("bob@far.test", id)).isEqualTo(1);
    assertThat(cluster.mail.damage).isEmpty();
  }

  @Test
  void oneMailThatCannotBeReadKeepsNoOtherBack() {
    a.kill();
    seconds(5);
    var damaged = id();
    send(b, damaged, ALICE);
    seconds(1);
    b.loseBodies();
    var ids = sendMany(b, 40, ALICE);
    a.start();
    seconds(10);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    assertThat(b.spool.contains(damaged)).isTrue();
  }

  @Test
  void longEnvelopesAreFlushedInBatchesThatTheLinkTakes() {
    a.kill();
    seconds(5);
    var many = new Target[1000];
    for (int i = 0; i < many.length; i++) {
      many[i] = Mails.local("a".repeat(60) + i);
    }
    var ids = sendMany(b, 60, many);
    a.start();
    seconds(20);
    assertThat(mailbox("a".repeat(60) + 0)).containsExactlyElementsOf(ids);
    assertThat(b.spool.depth().entries()).isZero();
  }

  @Test
  void aFullDiskRefusesMailForTheShardsToo() {
    a.usableBytes = 1 << 20;
    var outcome = send(a, id(), ALICE);
    seconds(1);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NoSpace.class);
    assertThat(mailbox("alice")).isEmpty();
  }

  @Test
  void aHungHolderCostsOneMailItsPatience() {
    c.process.stop();
    var slow = new ArrayList<Duration>();
    for (int i = 0; i < 60; i++) {
      var id = id();
      var sentAt = world.instant();
      send(b, id, BOB);
      world.run(Duration.ofMillis(50));
      while (!answeredAt.containsKey(id)) {
        world.run(Duration.ofMillis(10));
      }
      var took = Duration.between(sentAt, answeredAt.get(id));
      assertThat(took).isLessThan(Duration.ofMillis(3500));
      if (took.toMillis() > 800) {
        slow.add(took);
      }
    }
    assertThat(slow.size()).isBetween(1, 3);
  }

  @Test
  void whenTheOtherHangsTheMailWaitsUntilTheViewDropsIt() {
    c.kill();
    seconds(5);
    a.process.stop();
    var id = id();
    var outcome = send(b, id, ALICE);
    seconds(2);
    assertThat(outcome).isNotDone();
    seconds(6);
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    assertThat(b.queue.gauges().aloneFor()).isPositive();
  }

  @Test
  void aPeerThatIsAliveButSilentMakesTheMailUnsafeAndItIsWithdrawn() {
    cluster.lossPercent = 100;
    var id = id();
    var outcome = send(b, id, ALICE);
    seconds(14);
    assertThat(outcome).isNotDone();
    seconds(6);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NotSafe.class);
    assertThat(b.spool.contains(id)).isFalse();
    cluster.lossPercent = 0;
    world.run(Duration.ofMinutes(30));
    assertThat(mailbox("alice")).isEmpty();
    assertThat(a.held.count() + c.held.count()).isZero();
  }

  @Test
  void aCopyWhoseAcknowledgementWasLostGoesWithTheWithdrawal() {
    // Requests arrive, answers do not: the holders have it, the owner cannot know.
    cluster.losesAnswers = true;
    var id = id();
    var outcome = send(b, id, BOB);
    seconds(10);
    assertThat(a.held.count() + c.held.count()).isPositive();
    seconds(10);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NotSafe.class);
    cluster.losesAnswers = false;
    world.run(Duration.ofMinutes(2));
    assertThat(a.held.count() + c.held.count()).isZero();
    assertThat(sentAbroad("bob@far.test", id)).isZero();
  }

  @Test
  void aloneOneIsEnoughAndGetsItsCopyLater() {
    a.kill();
    c.kill();
    seconds(5);
    var id = id();
    var outcome = send(b, id, ALICE);
    seconds(1);
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    c.start();
    cluster.storeIsAway = true; // else it would be delivered
    seconds(30);
    assertThat(c.held.count()).isEqualTo(1);
  }

  @Test
  void strictNeverAcceptsAlone() {
    cluster.strict = true;
    b.kill();
    b.start();
    a.kill();
    c.kill();
    seconds(5);
    var outcome = send(b, id(), ALICE);
    seconds(1);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NotSafe.class);
    assertThat(b.spool.depth().entries()).isZero();
  }

  @Test
  void aFullDiskRefusesAndAcceptsAgain() {
    b.usableBytes = 1 << 20;
    var outcome = send(b, id(), ALICE);
    seconds(1);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NoSpace.class);
    b.usableBytes = 1L << 40;
    outcome = send(b, id(), ALICE);
    seconds(1);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.Committed.class);
  }

  @Test
  void fullHoldersRefuseAsWell() {
    a.usableBytes = 1 << 20;
    c.usableBytes = 1 << 20;
    var outcome = send(b, id(), ALICE);
    seconds(2);
    assertThat(outcome.join()).isInstanceOf(CommitOutcome.NoSpace.class);
    assertThat(b.spool.depth().entries()).isZero();
  }

  @Test
  void whatAShardDoesNotTakeGoesToTheSpoolAndIntoTheMailboxLater() {
    var id = id();
    var outcome = send(a, id, ALICE);
    cluster.storeIsAway = true;
    seconds(4);
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    assertThat(a.spool.contains(id)).isTrue();
    cluster.storeIsAway = false;
    seconds(30);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void lostAnswersOfAFlushDoubleNothing() {
    a.kill();
    seconds(5);
    var ids = sendMany(b, 30, ALICE, BOB);
    cluster.lossPercent = 40;
    a.start();
    world.run(Duration.ofMinutes(3));
    cluster.lossPercent = 0;
    world.run(Duration.ofMinutes(30));
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    for (var id : ids) {
      assertThat(sentAbroad("bob@far.test", id)).isEqualTo(1);
    }
    assertThat(b.spool.depth().entries()).isZero();
  }

  @Test
  void whatADelivererHasWithdrawnDoesNotTakeTheNextTryWithIt() {
    cluster.storeIsAway = true;
    seconds(1);
    var id = id();
    send(b, id, 1000, DEAD);
    seconds(2);
    // The look at the disk finds room, the put, which counts the envelope too, does not; and the
    // copies that have begun beside it find nobody for a while.
    a.usableBytes = (1 << 20) + 2 * 1000 + 100;
    b.usableBytes = 1 << 20;
    c.process.stop();
    cluster.storeIsAway = false;
    world.run(Duration.ofMillis(900));
    assertThat(b.spool.contains(id)).isTrue();
    a.usableBytes = 1L << 40;
    b.usableBytes = 1L << 40;
    seconds(30);
    c.process.wake();
    seconds(30);
    assertThat(a.spool.contains(id)).isTrue();
    assertThat(b.spool.contains(id)).isFalse();
  }

  @Test
  void whatIsHandedOverIsNotTakenForItsOwnCopy() {
    cluster.storeIsAway = true;
    seconds(1);
    var id = id();
    send(b, id, DEAD);
    seconds(2);
    // a takes it, and b, who hands it over, is to hold the copy for a.
    c.usableBytes = 1 << 20;
    cluster.directoryIsWell = true;
    cluster.answersTakeMillis = 800;
    cluster.storeIsAway = false;
    for (int i = 0; i < 200 && b.held.count(new NodeName("a")) == 0; i++) {
      world.run(Duration.ofMillis(10));
    }
    world.run(Duration.ofMillis(900));
    // The answer is on its way when a is lost with its disk.
    assertThat(a.spool.contains(id)).isTrue();
    assertThat(b.spool.contains(id)).isTrue();
    a.kill();
    a.wipe();
    cluster.answersTakeMillis = 0;
    seconds(60);
    assertThat(b.spool.contains(id) || c.spool.contains(id)).isTrue();
  }

  @Test
  void aReplacedDiskIsAdoptedFromAtOnce() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 10, ALICE, BOB);
    b.kill();
    b.wipe();
    b.start();
    cluster.storeIsAway = false;
    seconds(15);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    assertThat(ids).allMatch(id -> sentAbroad("bob@far.test", id) == 1);
  }

  /** The adopter knows nothing of the report, and makes the same one. */
  @Test
  void aReportThatItsOwnerCommittedIsNotMadeTwiceByTheAdopter() {
    var nobody = Mails.remote("nobody@far.test");
    var id = id();
    send(a, id, nobody);
    for (int i = 0; i < 2000 && mailbox("sender").isEmpty(); i++) {
      world.run(Duration.ofMillis(1));
    }
    assertThat(mailbox("sender")).hasSize(1);
    a.kill();
    a.wipe();
    seconds(120);
    assertThat(cluster.trace).anyMatch(line -> line.contains("Adopted") && line.contains("" + id));
    assertThat(List.of(b, c)).noneMatch(node -> node.spool.contains(id));
    assertThat(cluster.mail.reports.get(id + " " + nobody)).hasSize(1);
    assertThat(mailbox("sender")).hasSize(1);
  }

  @Test
  void anOwnerThatStaysAwayIsAdoptedFromAndAsksWhenItIsBack() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 10, ALICE, BOB);
    b.kill();
    cluster.storeIsAway = false;
    seconds(25);
    assertThat(mailbox("alice")).isEmpty();
    seconds(20);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    b.start();
    seconds(120);
    assertThat(b.spool.depth().entries()).isZero();
    assertThat(ids).allMatch(id -> sentAbroad("bob@far.test", id) == 1);
    assertThat(b.queue.gauges().isInDoubt()).isFalse();
    // The claim is settled: the next absence is another one.
    var next = id();
    send(b, next, BOB);
    seconds(5);
    assertThat(sentAbroad("bob@far.test", next)).isEqualTo(1);
  }

  @Test
  void anOwnerThatWasStoppedAsksWhatWasAdoptedWhenItGoesOn() {
    var id = heldByC();
    a.process.stop();
    seconds(60);
    assertThat(c.spool.contains(id)).isTrue();
    a.process.wake();
    seconds(60);
    // One of them has it: not both, or each would send it.
    assertThat(nodesWith(id)).containsExactly(a);
    assertThat(a.queue.gauges().isInDoubt()).isFalse();
  }

  @Test
  void whoseClaimWasSettledHoldsNoCopyAnyMore() {
    var id = heldByC();
    a.kill();
    seconds(45);
    assertThat(c.spool.contains(id)).isTrue();
    // Both do not know what became of the other's mail, and ask at the same time.
    cluster.storeIsAway = true;
    c.kill();
    a.start();
    c.start();
    seconds(8);
    cluster.storeIsAway = false;
    seconds(60);
    for (var node : nodesWith(id)) {
      for (var holder : node.spool.brief(id).orElseThrow().holders()) {
        var at = cluster.nodes.get(holder.node().value());
        assertThat(at.held.count(new NodeName(node.name))).isPositive();
      }
    }
  }

  @Test
  void aClaimThatIsTakenBackLeavesTheOneBefore() {
    var id = heldByC();
    a.kill();
    seconds(45);
    assertThat(c.spool.contains(id)).isTrue();
    // It comes back and goes before it has asked, and leaves another mail.
    cluster.storeIsAway = true;
    a.start();
    seconds(1);
    b.process.stop();
    var next = id();
    send(a, next, DEAD);
    seconds(4);
    b.process.wake();
    a.kill();
    seconds(38);
    a.start();
    seconds(3);
    cluster.storeIsAway = false;
    seconds(60);
    assertThat(nodesWith(id)).hasSize(1);
    assertThat(nodesWith(next)).hasSize(1);
  }

  @Test
  void aCopyThatCannotBeReadKeepsNoOtherFromBeingAdopted() {
    b.kill();
    cluster.storeIsAway = true;
    seconds(5);
    var ids = sendMany(a, 100, DEAD);
    a.kill();
    b.start();
    loseBody(c.copiesDisk, a.spool.id() + ids.getFirst().value());
    cluster.storeIsAway = false;
    seconds(60);
    assertThat(ids.subList(1, ids.size())).allMatch(c.spool::contains);
  }

  @Test
  void anEntryThatCannotBeReadKeepsNoOtherFromBeingHandedOver() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 10, ALICE);
    loseBody(b.spoolDisk, ids.getFirst().value());
    cluster.storeIsAway = false;
    seconds(30);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids.subList(1, ids.size()));
    assertThat(b.spool.contains(ids.getFirst())).isTrue();
  }

  private static void loseBody(SimStore disk, String name) {
    byte[] key = ("b" + name).getBytes(StandardCharsets.ISO_8859_1);
    assertThat(disk.get(key)).isPresent();
    disk.write(new WriteBatch().delete(key), KeyValueStore.Sync.SYNCED);
  }

  /** A mail that waits in a's spool, and has its copy at c. */
  private QueueId heldByC() {
    b.kill();
    seconds(5);
    var id = id();
    send(a, id, DEAD);
    seconds(2);
    b.start();
    seconds(10);
    assertThat(a.spool.contains(id)).isTrue();
    assertThat(c.held.count(new NodeName("a"))).isEqualTo(1);
    return id;
  }

  private List<SimNode> nodesWith(QueueId id) {
    return cluster.nodes.values().stream().filter(n -> n.spool.contains(id)).toList();
  }

  @Test
  void anOwnerThatIsBackInTimeGoesOnItself() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 10, ALICE, BOB);
    b.kill();
    seconds(5);
    b.start();
    cluster.storeIsAway = false;
    seconds(60);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    assertThat(ids).allMatch(id -> sentAbroad("bob@far.test", id) == 1);
    assertThat(cluster.trace).noneMatch(line -> line.contains("Adopted"));
    world.run(Duration.ofMinutes(30)); // a copy whose acknowledgement came late is asked for
    assertThat(a.held.count() + c.held.count()).isZero();
  }

  @Test
  void withoutAMajorityRemoteTargetsOfAnOldSpoolWait() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 3, BOB);
    b.kill();
    b.start();
    seconds(30);
    assertThat(b.queue.gauges().isInDoubt()).isTrue();
    cluster.storeIsAway = false;
    seconds(10);
    assertThat(b.queue.gauges().isInDoubt()).isFalse();
    assertThat(ids).allMatch(id -> sentAbroad("bob@far.test", id) == 1);
  }

  @Test
  void thePostmasterNeedNotWaitForTheTime() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 5, ALICE);
    b.kill();
    cluster.storeIsAway = false;
    seconds(5);
    a.queue.control().adopt(new NodeName("b"));
    c.queue.control().adopt(new NodeName("b"));
    seconds(10);
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
  }

  @Test
  void aHolderThatIsLostIsReplaced() {
    a.kill();
    seconds(5);
    cluster.storeIsAway = true;
    var ids = sendMany(b, 20, ALICE);
    assertThat(c.held.count()).isEqualTo(20);
    a.start();
    c.kill();
    c.wipe();
    seconds(2);
    c.start();
    seconds(40);
    // A copy whose acknowledgement went down with the view may be there besides.
    var alive = Set.of(a.spool.id(), c.spool.id());
    assertThat(b.spool.depth().entries()).isEqualTo(ids.size());
    assertThat(b.spool.holderLists())
        .allMatch(holders -> holders.stream().anyMatch(h -> alive.contains(h.spoolId())));
    assertThat(a.held.count() + c.held.count()).isGreaterThanOrEqualTo(ids.size());
    cluster.storeIsAway = false;
    world.run(Duration.ofMinutes(30));
    assertThat(mailbox("alice")).containsExactlyElementsOf(ids);
    assertThat(a.held.count() + c.held.count()).isZero();
  }

  @Test
  void heldMailStaysUntilItIsReleased() {
    cluster.storeIsAway = true;
    seconds(1);
    var ids = sendMany(b, 3, ALICE);
    assertThat(done(b.queue.control().hold(ids.get(0)))).isTrue();
    assertThat(done(b.queue.control().delete(ids.get(1)))).isTrue();
    cluster.storeIsAway = false;
    seconds(10);
    assertThat(mailbox("alice")).containsExactly(ids.get(2));
    var listed = done(b.queue.control().list(Optional.empty(), 10));
    assertThat(listed).hasSize(1);
    assertThat(listed.getFirst().entry().held()).isTrue();
    assertThat(done(b.queue.control().release(ids.get(0)))).isTrue();
    seconds(5);
    assertThat(mailbox("alice")).containsExactly(ids.get(0), ids.get(2));
    assertThat(done(b.queue.control().hold(ids.get(0)))).isFalse();
  }

  @Test
  void quarantinedMailIsSafeOnTwoNodesAndWaitsForThePostmaster() {
    var id = id();
    var body = new byte[100];
    cluster.mail.bodies.put(id, body);
    var list = List.<Target>of(ALICE);
    var outcome =
        a.queue
            .rule()
            .hold(id, Mails.envelope(list), list, new MessageBody.InMemory(body), "looks odd");
    world.run(Duration.ofHours(1));
    assertThat(outcome).isCompletedWithValue(new CommitOutcome.Committed(id));
    assertThat(b.held.count() + c.held.count()).isEqualTo(1);
    assertThat(mailbox("alice")).isEmpty();
    var listed = done(a.queue.control().list(Optional.empty(), 10)).getFirst().entry();
    assertThat(listed.deliveries().getFirst().state())
        .isEqualTo(new State.Pending("quarantined: looks odd"));
    assertThat(done(a.queue.control().release(id))).isTrue();
    seconds(5);
    assertThat(mailbox("alice")).containsExactly(id);
  }

  private <T> T done(CompletableFuture<T> future) {
    world.run(Duration.ofMillis(200));
    return future.join();
  }

  @Test
  void aFailedTargetIsReportedOnceAndTheOthersDelivered() {
    var id = id();
    var nobody = Mails.remote("nobody@far.test");
    send(a, id, ALICE, BOB, nobody);
    seconds(10);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(sentAbroad("bob@far.test", id)).isEqualTo(1);
    assertThat(cluster.mail.reports.get(id + " " + nobody)).hasSize(1);
    assertThat(mailbox("sender")).hasSize(1);
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void aHostThatIsBackIsTriedAtOnceAndNoOther() {
    var one = id();
    var other = id();
    send(a, one, Mails.remote("x@dead.test"));
    send(a, other, Mails.remote("x@dead2.test"));
    seconds(5);
    assertThat(attempts(one)).isEqualTo(1);
    assertThat(attempts(other)).isEqualTo(1);
    done(a.queue.control().flush(domain -> domain.name().equals("dead2.test")));
    seconds(5);
    assertThat(attempts(one)).isEqualTo(1);
    assertThat(attempts(other)).isEqualTo(2);
  }

  private int attempts(QueueId id) {
    return a.spool.read(id).orElseThrow().entry().attempts();
  }

  @Test
  void whatTheSenderWantsConfirmedIsConfirmedOnceAfterTheDelivery() {
    var id = id();
    List<Target> list = List.of(ALICE, BOB);
    var body = new byte[] {1};
    cluster.mail.bodies.put(id, body);
    assertThat(
            done(
                a.queue
                    .rule()
                    .commit(id, Mails.confirmed(list), list, new MessageBody.InMemory(body))))
        .isInstanceOf(CommitRule.CommitOutcome.Committed.class);
    seconds(10);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(sentAbroad("bob@far.test", id)).isEqualTo(1);
    assertThat(cluster.mail.reports.get(id + " " + ALICE)).hasSize(1);
    assertThat(cluster.mail.reports.get(id + " " + BOB)).hasSize(1);
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void theOwnerOfAListHearsOfItsMembersAndTheSenderThatTheListHasIt() {
    var id = id();
    var list = Mails.address("list@here.test");
    var owner = Optional.of(Mails.address("owner@here.test"));
    var nobody = Mails.address("nobody@far.test");
    List<Target> targets =
        List.of(
            new Target.Local(new AccountName("alice"), list, owner),
            new Target.Remote(BOB.address(), list, owner),
            new Target.Remote(nobody, list, owner),
            Mails.remote("nobody@other.test"));
    var body = new byte[] {1};
    cluster.mail.bodies.put(id, body);
    a.queue.rule().commit(id, Mails.confirmed(targets), targets, new MessageBody.InMemory(body));
    seconds(10);
    assertThat(mailbox("alice")).containsExactly(id);
    assertThat(mailbox("owner")).hasSize(1);
    assertThat(cluster.mail.reports.get(id + " " + targets.get(2)))
        .containsExactlyElementsOf(mailbox("owner"));
    // One report says that the list has it, and that the other failed.
    assertThat(mailbox("sender")).hasSize(1);
    assertThat(cluster.mail.reports.get(id + " " + targets.get(0)))
        .containsExactlyElementsOf(mailbox("sender"));
    assertThat(cluster.mail.reports.get(id + " " + targets.get(3)))
        .containsExactlyElementsOf(mailbox("sender"));
    assertThat(cluster.mail.reports).doesNotContainKey(id + " " + targets.get(1));
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void theOwnerOfAListIsWarnedForItsMembersApart() {
    var list = Mails.address("list@here.test");
    var owner = Optional.of(Mails.address("owner@here.test"));
    var id = id();
    send(
        a,
        id,
        new Target.Remote(Mails.address("x@dead.test"), list, owner),
        Mails.remote("y@dead.test"));
    world.run(Duration.ofHours(5));
    assertThat(cluster.mail.warnings).containsExactly(id, id);
    world.run(Duration.ofDays(5));
    assertThat(mailbox("sender")).hasSize(1);
    assertThat(mailbox("owner")).hasSize(1);
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void aDestinationThatNeverAnswersIsWarnedOfAndGivenUp() {
    var ids = new ArrayList<QueueId>();
    for (int i = 0; i < 30; i++) {
      var id = id();
      ids.add(id);
      send(a, id, Mails.remote("x" + i + "@dead.test"));
    }
    world.run(Duration.ofHours(3));
    assertThat(cluster.mail.warnings).isEmpty();
    world.run(Duration.ofHours(2));
    assertThat(cluster.mail.warnings).containsExactlyInAnyOrderElementsOf(ids);
    world.run(Duration.ofDays(4));
    assertThat(cluster.mail.reports).isEmpty();
    world.run(Duration.ofDays(1));
    assertThat(cluster.mail.reports).hasSize(30);
    assertThat(mailbox("sender")).hasSize(30);
    assertThat(a.spool.depth().entries()).isZero();
  }

  @Test
  void mailBehindADeadDestinationDoesNotHoldUpOthers() {
    for (int i = 0; i < 500; i++) {
      send(a, id(), Mails.remote("x" + i + "@dead.test"));
    }
    seconds(2);
    var id = id();
    send(a, id, BOB);
    seconds(3);
    assertThat(sentAbroad("bob@far.test", id)).isEqualTo(1);
  }
}
