package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.pop3.MaildropLocks.Attempt;
import org.malleposte.pop3.MaildropLocks.MaildropLock;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;
import org.malleposte.shard.FakeDirectory;

class DirectoryMaildropLocksTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final NodeName MX1 = new NodeName("mx1");
  private static final NodeName MX2 = new NodeName("mx2");
  private static final String KEY = MaildropLease.PREFIX + "alice";

  private final FakeDirectory directory = new FakeDirectory();
  private final ManualTime time = new ManualTime();
  private final BlockingLane lane = new BlockingLane("test-locks", 2, 100);
  private final Set<NodeName> alive = ConcurrentHashMap.newKeySet();
  private DirectoryMaildropLocks one;
  private DirectoryMaildropLocks two;

  @BeforeEach
  void start() {
    alive.add(MX1);
    alive.add(MX2);
    one = locks(MX1);
    two = locks(MX2);
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    lane.close();
  }

  private DirectoryMaildropLocks locks(NodeName name) {
    return new DirectoryMaildropLocks(directory, name, alive::contains, lane, time, time);
  }

  private MaildropLock take(MaildropLocks locks) {
    var attempt = locks.acquire(ALICE).join();
    assertThat(attempt).isInstanceOf(Attempt.Held.class);
    return ((Attempt.Held) attempt).lock();
  }

  private void refused(MaildropLocks locks) {
    assertThat(locks.acquire(ALICE).join()).isEqualTo(new Attempt.InUse());
  }

  private MaildropLease lease() {
    return MaildropLease.decode(directory.get(KEY).orElseThrow().value());
  }

  /** Until the mirrors have read all that was written. */
  private void settle() {
    await().until(() -> lane.waiting() == 0);
    lane.run(() -> {}).join();
    lane.run(() -> {}).join();
  }

  @Test
  void oneSessionAtATimeOnAllNodes() {
    var lock = take(one);
    refused(one);
    refused(two);
    settle();
    refused(two);
    assertThat(two.acquire(new AccountName("bob")).join()).isInstanceOf(Attempt.Held.class);
    lock.release().join();
    take(two).release().join(); // at once, though its mirror may be behind
    take(one);
  }

  @Test
  void aLeaseIsRenewedAsLongAsTheSessionLasts() {
    var lock = take(one);
    for (int i = 0; i < 10; i++) {
      time.advance(DirectoryMaildropLocks.RENEW);
      settle();
    }
    refused(two);
    assertThat(directory.get(KEY).orElseThrow().version()).isEqualTo(11);
    lock.release().join();
    assertThat(lease()).isEqualTo(new MaildropLease.Free());
    time.advance(DirectoryMaildropLocks.RENEW);
    assertThat(lease()).isEqualTo(new MaildropLease.Free());
  }

  @Test
  void aLeaseThatIsNotRenewedEndsByTheObserversClock() {
    take(one);
    settle();
    one.close(); // hangs: alive, but silent
    time.advance(DirectoryMaildropLocks.LEASE.minusSeconds(1));
    refused(two);
    time.advance(Duration.ofSeconds(1));
    take(two);
  }

  @Test
  void whatADeadNodeHeldIsFreeAtOnce() {
    take(one);
    settle();
    alive.remove(MX1);
    take(two);
  }

  @Test
  void whatTheSameNodeHeldBeforeItsRestartIsFree() {
    take(one);
    settle();
    one.close();
    one = locks(MX1);
    settle();
    take(one);
    settle();
    refused(two);
  }

  @Test
  void withoutAMajorityTheLockHoldsOnThisNode() {
    directory.setAvailable(false);
    var lock = take(one);
    refused(one);
    // With the majority back the lease is taken.
    directory.setAvailable(true);
    time.advance(DirectoryMaildropLocks.RENEW);
    settle();
    refused(two);
    lock.release().join();
    take(two);
  }

  @Test
  void withoutAMajorityWhatALiveNodeHoldsIsStillSeen() {
    take(one);
    settle();
    directory.setAvailable(false);
    refused(two);
    alive.remove(MX1);
    take(two); // held here only
  }

  @Test
  void aDirectoryThatDoesNotAnswerHoldsUpNobody() {
    directory.setSilent(true);
    var attempt = one.acquire(ALICE);
    assertThat(attempt).isNotDone();
    time.advance(DirectoryMaildropLocks.CLAIM_WAIT);
    var lock = ((Attempt.Held) attempt.join()).lock();
    var released = lock.release();
    assertThat(released).isNotDone();
    time.advance(DirectoryMaildropLocks.RELEASE_WAIT);
    assertThat(released).isDone();
    // The claim comes through after all; it must not stay.
    directory.setSilent(false);
    await().until(() -> lease().equals(new MaildropLease.Free()));
  }

  @Test
  void aLeaseOfANewerProgramIsLeftAlone() {
    directory.replaceAll(java.util.Map.of(KEY, "2 something else".getBytes()));
    settle();
    refused(one);
    time.advance(DirectoryMaildropLocks.LEASE);
    take(one);
  }
}
