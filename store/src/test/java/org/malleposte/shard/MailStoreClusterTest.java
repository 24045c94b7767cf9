package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.shard.MailStoreFixture.ALICE;
import static org.malleposte.shard.MailStoreFixture.INBOX;
import static org.malleposte.shard.MailStoreFixture.answer;
import static org.malleposte.shard.MailStoreFixture.done;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.mailbox.UidSet;

/** Three nodes of one store. */
class MailStoreClusterTest {
  private static final UidSet ALL = UidSet.range(1, 0xffff_ffffL);

  @TempDir Path directory;

  private static void assertEqualDigests(MailStoreFixture fixture) {
    for (int group = 0; group < fixture.logs.size(); group++) {
      var first = fixture.states.getFirst().state(group).digest();
      for (var states : fixture.states) {
        assertThat(states.state(group).digest().agrees(first)).isTrue();
      }
    }
  }

  @Test
  void lostAndDoubledProposalsChangeNothing() {
    long seed = FakeLog.anySeed();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    try (var fixture = new MailStoreFixture(directory, 3, 2)) {
      fixture.logs.forEach(log -> log.faults(new FakeLog.Faults(15, 25, 20)));
      var accounts = List.of(new AccountName("a"), new AccountName("b"), new AccountName("c"));
      var futures = new ArrayList<CompletableFuture<StoreAnswer<MailboxStore.Appended>>>();
      var mails = new ArrayList<MailboxStore.Append>();
      for (int i = 0; i < 600; i++) {
        var account = accounts.get(random.nextInt(3));
        var mail = fixture.mail(account, INBOX, ("mail " + i).getBytes());
        mails.add(mail);
        futures.add(fixture.nodes.get(random.nextInt(3)).mailboxes().append(mail));
      }
      var uids = new HashSet<String>();
      for (int i = 0; i < mails.size(); i++) {
        var appended = done(futures.get(i));
        assertThat(uids.add(mails.get(i).account() + " " + appended.uid())).isTrue();
        // The state answers a repeated entry as the first time: no write looks repeated.
        assertThat(appended.repeated()).isFalse();
      }
      int messages = 0;
      for (var account : accounts) {
        messages += fixture.store().find(account, INBOX).orElseThrow().messages();
      }
      assertThat(messages).isEqualTo(600);
      fixture.logs.forEach(log -> log.run(() -> {}));
      assertEqualDigests(fixture);
    }
  }

  @Test
  void conditionalWritesDoNotFailOnTheirOwnRepeats() {
    try (var fixture = new MailStoreFixture(directory, 1, 1)) {
      fixture.append(INBOX, "a");
      fixture.logs.forEach(log -> log.faults(new FakeLog.Faults(0, 60, 30)));
      var store = fixture.store();
      for (int i = 0; i < 20; i++) {
        long known = store.find(ALICE, INBOX).orElseThrow().highestModSeq();
        var how = i % 2 == 0 ? FlagChange.ADD : FlagChange.REMOVE;
        var stored =
            done(
                store.storeFlags(ALICE, 1, ALL, how, Flags.of(Flags.SEEN), OptionalLong.of(known)));
        assertThat(stored.failed().isEmpty()).isTrue();
        assertThat(stored.changed()).hasSize(1);
        done(store.create(ALICE, new MailboxName("m" + i)));
        assertThat(
                done(
                    fixture
                        .nodes
                        .getFirst()
                        .directory()
                        .put("k" + i, new byte[1], OptionalLong.of(0))))
            .isEqualTo(1);
      }
    }
  }

  @Test
  void aNodeReadsItsOwnWritesThoughItLags() {
    try (var fixture = new MailStoreFixture(directory, 3, 1)) {
      var lagging = fixture.replicas.get(2).get(1);
      lagging.hold();
      var store = fixture.nodes.get(2).mailboxes();
      var future = store.append(fixture.mail(ALICE, INBOX, "a".getBytes()));
      fixture.append(INBOX, "on another node");
      assertThat(future).isNotDone();
      assertThat(store.find(ALICE, INBOX).orElseThrow().messages()).isZero();
      lagging.release();
      assertThat(done(future).uid()).isEqualTo(1);
      assertThat(store.find(ALICE, INBOX).orElseThrow().messages()).isGreaterThanOrEqualTo(1);
    }
  }

  @Test
  void changesAreHeardOnEveryNode() {
    try (var fixture = new MailStoreFixture(directory, 3, 1)) {
      var heard = new ArrayList<Integer>();
      for (int node = 0; node < 3; node++) {
        int number = node;
        fixture.nodes.get(node).mailboxes().watch(ALICE, _ -> heard.add(number));
      }
      fixture.append(INBOX, "a");
      fixture.logs.get(1).run(() -> {});
      assertThat(heard).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void aListenerThatThrowsHarmsNobody() {
    try (var fixture = new MailStoreFixture(directory, 1, 1)) {
      var heard = new ArrayList<Object>();
      fixture.store().watch(ALICE, heard::add);
      fixture
          .store()
          .watch(
              ALICE,
              _ -> {
                throw new IllegalStateException("expected in this test");
              });
      fixture.store().watch(ALICE, heard::add);
      fixture.append(INBOX, "a");
      assertThat(heard).hasSize(2);
    }
  }

  @Test
  void theDirectoryIsOneMapOnAllNodes() throws Exception {
    try (var fixture = new MailStoreFixture(directory, 2, 1)) {
      var directory0 = fixture.nodes.get(0).directory();
      var directory1 = fixture.nodes.get(1).directory();
      var heard = new ArrayList<String>();
      var watch = directory1.watch("account/", heard::add);
      assertThat(done(directory0.put("account/bob", new byte[] {1}, OptionalLong.of(0))))
          .isEqualTo(1);
      assertThat(answer(directory1.put("account/bob", new byte[] {2}, OptionalLong.of(0))))
          .isEqualTo(StoreAnswer.refused(StoreAnswer.Refusal.CONFLICT));
      assertThat(done(directory1.put("account/bob", new byte[] {2}, OptionalLong.of(1))))
          .isEqualTo(2);
      done(directory0.put("account/alice", new byte[] {3}, OptionalLong.empty()));
      done(directory0.put("accounts", new byte[] {4}, OptionalLong.empty()));
      assertThat(directory0.list("account/").keySet())
          .containsExactly("account/alice", "account/bob");
      assertThat(directory1.get("account/bob").orElseThrow().value()).containsExactly(2);
      assertThat(done(directory1.getCurrent("account/bob")).orElseThrow().version()).isEqualTo(2);
      done(directory0.delete("account/bob"));
      done(directory0.delete("account/bob"));
      assertThat(done(directory1.getCurrent("account/bob"))).isEmpty();
      watch.close();
      done(directory0.put("account/carol", new byte[] {3}, OptionalLong.empty()));
      fixture.logs.get(0).run(() -> {});
      assertThat(heard)
          .containsExactly("account/bob", "account/bob", "account/alice", "account/bob");
    }
  }

  @Test
  void deliveryGivesUpSooner() {
    var settings =
        new MailStore.Settings(
            Duration.ofSeconds(20),
            Duration.ofMillis(300),
            ShardCommitter.Limits.DEFAULT,
            StorePolicy.NONE);
    try (var fixture = new MailStoreFixture(directory, 1, 1, settings)) {
      fixture.logs.forEach(log -> log.majority(false));
      var session = fixture.store().append(fixture.mail(ALICE, INBOX, "later".getBytes()));
      var mail = fixture.mail(ALICE, INBOX, "spooled".getBytes());
      assertThat(answer(fixture.nodes.getFirst().deliveries().append(mail)))
          .isInstanceOf(StoreAnswer.Unavailable.class);
      assertThat(session).isNotDone();
      fixture.logs.forEach(log -> log.majority(true));
      assertThat(done(session).uid()).isEqualTo(1);
      // Out of the spool it comes again, under its id.
      assertThat(done(fixture.nodes.getFirst().deliveries().append(mail)).uid()).isEqualTo(2);
    }
  }
}
