package org.malleposte.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ScheduledTimers;

class AccountDirectoryTest {
  private static final AccountName ALICE = new AccountName("alice");
  private static final AccountName BOB = new AccountName("bob");
  private static final Credential FIRST = Credential.parse("{PLAIN}first");
  private static final Credential SECOND = Credential.parse("{PLAIN}second");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private final FakeDirectory directory = new FakeDirectory();
  private final BlockingLane lane = new BlockingLane("test-lane", 3, 100);
  private final ScheduledTimers timers = new ScheduledTimers("test-timers");

  private AccountDirectory open() {
    var accounts = new AccountDirectory(directory, lane, timers, InstantSource.fixed(NOW));
    await().until(accounts::isLoaded);
    return accounts;
  }

  @AfterEach
  void close() {
    lane.close();
    timers.close();
  }

  @Test
  void addFindPasswdDelete() {
    try (var accounts = open()) {
      var added = new Account(ALICE, FIRST, NOW, NOW);
      assertThat(accounts.add(ALICE, FIRST).join()).isEqualTo(StoreAnswer.done(added));
      await().until(() -> accounts.find(ALICE).equals(java.util.Optional.of(added)));

      assertThat(accounts.add(ALICE, SECOND).join())
          .isEqualTo(StoreAnswer.refused(Refusal.CONFLICT));
      assertThat(accounts.passwd(BOB, SECOND).join())
          .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_ACCOUNT));
      assertThat(accounts.delete(BOB).join())
          .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_ACCOUNT));

      accounts.passwd(ALICE, SECOND).join();
      await().until(() -> accounts.find(ALICE).orElseThrow().credential().equals(SECOND));
      assertThat(accounts.list()).hasSize(1);

      accounts.delete(ALICE).join();
      await().until(() -> accounts.find(ALICE).isEmpty());
    }
  }

  @Test
  void withoutAMajorityWritesAreUnavailableAndReadsGoOn() {
    try (var accounts = open()) {
      accounts.add(ALICE, FIRST).join();
      await().until(() -> accounts.find(ALICE).isPresent());
      directory.setAvailable(false);
      assertThat(accounts.add(BOB, FIRST).join()).isInstanceOf(StoreAnswer.Unavailable.class);
      assertThat(accounts.passwd(ALICE, SECOND).join()).isInstanceOf(StoreAnswer.Unavailable.class);
      assertThat(accounts.delete(ALICE).join()).isInstanceOf(StoreAnswer.Unavailable.class);
      assertThat(accounts.find(ALICE)).isPresent();
    }
  }

  @Test
  void seesWhatOthersWriteAndTellsItsListeners() throws Exception {
    try (var accounts = open()) {
      List<AccountName> heard = new CopyOnWriteArrayList<>();
      var watch = accounts.watch(heard::add);
      var record = AccountCodec.Stored.fresh(new Account(ALICE, FIRST, NOW, NOW));
      directory.put("account/alice", AccountCodec.encode(record), OptionalLong.empty()).join();
      await().until(() -> heard.equals(List.of(ALICE)));

      directory.replaceAll(Map.of("account/bob", AccountCodec.encode(record)));
      await().until(() -> accounts.find(BOB).isPresent() && accounts.find(ALICE).isEmpty());
      await().until(() -> heard.equals(List.of(ALICE, ALICE, BOB)));
      watch.close();
      directory.delete("account/bob").join();
      await().until(() -> accounts.find(BOB).isEmpty());
      assertThat(heard).hasSize(3);
    }
  }

  @Test
  void readsAgainAfterTheDiskFailed() {
    directory.failReads(1);
    try (var accounts = open()) {
      assertThat(accounts.isLoaded()).isTrue();
    }
  }

  @Test
  void anUnreadableRecordHidesNoOther() {
    var record = AccountCodec.Stored.fresh(new Account(ALICE, FIRST, NOW, NOW));
    directory.replaceAll(
        Map.of("account/alice", AccountCodec.encode(record), "account/bob", new byte[] {9, 9}));
    try (var accounts = open()) {
      assertThat(accounts.list()).extracting(Account::name).containsExactly(ALICE);
    }
  }

  @Test
  void fieldsOfANewerMinorSurviveAChange() {
    var record = new AccountCodec.Stored(new Account(ALICE, FIRST, NOW, NOW), 7, new byte[] {1, 2});
    directory.replaceAll(Map.of("account/alice", AccountCodec.encode(record)));
    try (var accounts = open()) {
      accounts.passwd(ALICE, SECOND).join();
      byte[] bytes = directory.get("account/alice").orElseThrow().value();
      assertThat(bytes[1]).isEqualTo((byte) 7);
      assertThat(Arrays.copyOfRange(bytes, bytes.length - 2, bytes.length)).containsExactly(1, 2);
    }
  }
}
