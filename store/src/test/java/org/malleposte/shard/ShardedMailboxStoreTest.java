package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.malleposte.shard.MailStoreFixture.ALICE;
import static org.malleposte.shard.MailStoreFixture.DATE;
import static org.malleposte.shard.MailStoreFixture.INBOX;
import static org.malleposte.shard.MailStoreFixture.answer;
import static org.malleposte.shard.MailStoreFixture.done;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;

class ShardedMailboxStoreTest {
  private static final MailboxName SENT = new MailboxName("Sent");
  private static final UidSet ALL = UidSet.range(1, 0xffff_ffffL);

  @TempDir Path directory;
  private MailStoreFixture fixture;
  private MailboxStore store;

  @BeforeEach
  void open() {
    fixture = new MailStoreFixture(directory, 1, 2);
    store = fixture.store();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<Message> messages(long mailboxId) {
    var messages = new ArrayList<Message>();
    store.messages(ALICE, mailboxId, ALL, messages::add);
    return messages;
  }

  private MailboxInfo info(MailboxName name) {
    return store.find(ALICE, name).orElseThrow();
  }

  @Test
  void anUnusedAccountHasAnInbox() {
    assertThat(store.list(ALICE)).extracting(MailboxInfo::name).containsExactly(INBOX);
    assertThat(info(INBOX).uidNext()).isEqualTo(1);
    long validity = info(INBOX).uidValidity();
    fixture.append(INBOX, "first");
    assertThat(info(INBOX).uidValidity()).isEqualTo(validity);
    assertThat(info(INBOX).messages()).isEqualTo(1);
  }

  @Test
  void whatIsAppendedIsReadAtOnce() throws IOException {
    var appended = fixture.append(INBOX, "hello");
    assertThat(appended.uid()).isEqualTo(1);
    assertThat(appended.repeated()).isFalse();
    var message = messages(appended.mailboxId()).getFirst();
    assertThat(message.internalDate()).isEqualTo(DATE);
    assertThat(message.sizeBytes()).isEqualTo(5);
    try (var body = store.openBody(ALICE, message.blob())) {
      assertThat(body).hasContent("hello");
    }
    assertThat(store.uids(ALICE, appended.mailboxId())).containsExactly(1);
  }

  @Test
  void aRepeatedAppendIsRecognised() {
    var mail = fixture.mail(ALICE, INBOX, "once".getBytes());
    var first = done(store.append(mail));
    var second = done(store.append(mail));
    assertThat(second.repeated()).isTrue();
    assertThat(second.uid()).isEqualTo(first.uid());
    assertThat(info(INBOX).messages()).isEqualTo(1);
    // The same mail to another account is another delivery.
    var bob = new AccountName("bob");
    var toBob = new MailboxStore.Append(mail.id(), bob, INBOX, Flags.NONE, DATE, mail.body());
    assertThat(done(store.append(toBob)).repeated()).isFalse();
  }

  @Test
  void appendNeedsItsMailbox() {
    assertThat(answer(store.append(fixture.mail(ALICE, SENT, new byte[1]))))
        .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024, 50 << 20})
  void bodiesOfAllSizesComeBack(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    var body = new MessageBody.Stored(() -> new ByteArrayInputStream(bytes), size);
    var mail = new MailboxStore.Append(fixture.id(), ALICE, INBOX, Flags.NONE, DATE, body);
    var appended = done(store.append(mail));
    var message = messages(appended.mailboxId()).getFirst();
    assertThat(message.sizeBytes()).isEqualTo(size);
    try (var in = store.openBody(ALICE, message.blob())) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(done(store.append(mail)).repeated()).isTrue();
    assertThat(info(INBOX).messages()).isEqualTo(1);
    done(store.expunge(ALICE, 1, UidSet.of(1), false));
    assertThatThrownBy(() -> store.openBody(ALICE, message.blob())).isInstanceOf(IOException.class);
  }

  @Test
  void aBodyThatCannotBeReadIsUnavailable() {
    var body =
        new MessageBody.Stored(
            () -> {
              throw new IOException("disk is gone");
            },
            1000);
    var mail = new MailboxStore.Append(fixture.id(), ALICE, INBOX, Flags.NONE, DATE, body);
    assertThat(answer(store.append(mail)))
        .isEqualTo(StoreAnswer.unavailable("cannot read the body: disk is gone"));
    var large = new MessageBody.Stored(() -> new ByteArrayInputStream(new byte[300_000]), 400_000);
    var lying = new MailboxStore.Append(fixture.id(), ALICE, INBOX, Flags.NONE, DATE, large);
    assertThat(answer(store.append(lying))).isInstanceOf(StoreAnswer.Unavailable.class);
    assertThat(info(INBOX).messages()).isZero();
  }

  @Test
  void flagsAreSetAddedAndRemoved() {
    fixture.append(INBOX, "a");
    fixture.append(INBOX, "b");
    var set = store(UidSet.of(1, 2, 3), FlagChange.ADD, Flags.of(Flags.SEEN, "$Junk"));
    assertThat(set.changed()).extracting(Message::uid).containsExactly(1L, 2L);
    assertThat(info(INBOX).unseen()).isZero();
    store(UidSet.of(1), FlagChange.REMOVE, Flags.of(Flags.SEEN));
    assertThat(info(INBOX).unseen()).isEqualTo(1);
    var replaced = store(UidSet.of(2), FlagChange.SET, Flags.of(Flags.DELETED));
    assertThat(replaced.changed().getFirst().flags()).isEqualTo(Flags.of(Flags.DELETED));
    assertThat(info(INBOX).deleted()).isEqualTo(1);
    assertThat(messages(1))
        .extracting(Message::flags)
        .containsExactly(Flags.of("$Junk"), Flags.of(Flags.DELETED));
  }

  private MailboxStore.FlagsStored store(UidSet uids, FlagChange how, Flags flags) {
    return done(store.storeFlags(ALICE, 1, uids, how, flags, OptionalLong.empty()));
  }

  @Test
  void unchangedSinceKeepsWhatOthersChanged() {
    fixture.append(INBOX, "a");
    fixture.append(INBOX, "b");
    long known = info(INBOX).highestModSeq();
    store(UidSet.of(2), FlagChange.ADD, Flags.of(Flags.FLAGGED));
    var stored =
        done(
            store.storeFlags(
                ALICE,
                1,
                UidSet.of(1, 2),
                FlagChange.ADD,
                Flags.of(Flags.SEEN),
                OptionalLong.of(known)));
    assertThat(stored.failed()).isEqualTo(UidSet.of(2));
    assertThat(stored.changed()).extracting(Message::uid).containsExactly(1L);
    var changes = new ArrayList<Long>();
    store.changedSince(ALICE, 1, ALL, known, message -> changes.add(message.uid()));
    assertThat(changes).containsExactly(1L, 2L);
  }

  @Test
  void keywordsHaveLimits() {
    fixture.append(INBOX, "a");
    var names = new String[Flags.MAX_KEYWORDS];
    for (int i = 0; i < names.length; i++) {
      names[i] = "k" + i;
    }
    store(UidSet.of(1), FlagChange.SET, Flags.of(names));
    assertThat(
            answer(
                store.storeFlags(
                    ALICE,
                    1,
                    UidSet.of(1),
                    FlagChange.ADD,
                    Flags.of("one-more"),
                    OptionalLong.empty())))
        .isEqualTo(StoreAnswer.refused(Refusal.NOT_PERMITTED));
    assertThat(
            answer(
                store.storeFlags(
                    ALICE,
                    1,
                    UidSet.of(1),
                    FlagChange.ADD,
                    Flags.of("x".repeat(2000)),
                    OptionalLong.empty())))
        .isEqualTo(StoreAnswer.refused(Refusal.NOT_PERMITTED));
  }

  @Test
  void expungeTakesOnlyWhatItShould() {
    for (int i = 0; i < 3; i++) {
      fixture.append(INBOX, "m" + i);
    }
    store(UidSet.of(2), FlagChange.ADD, Flags.of(Flags.DELETED));
    assertThat(done(store.expunge(ALICE, 1, ALL, true))).isEqualTo(UidSet.of(2));
    assertThat(store.uids(ALICE, 1)).containsExactly(1, 3);
    assertThat(done(store.expunge(ALICE, 1, UidSet.of(3), false))).isEqualTo(UidSet.of(3));
    assertThat(fixture.append(INBOX, "next").uid()).isEqualTo(4);
    assertThat(info(INBOX).messages()).isEqualTo(2);
  }

  @Test
  void copiesShareTheBody() throws IOException {
    fixture.append(INBOX, "shared");
    var sent = done(store.create(ALICE, SENT));
    var copied = done(store.copy(fixture.id(), ALICE, 1, ALL, SENT));
    assertThat(copied.sourceUids()).containsExactly(1L);
    assertThat(copied.targetUids()).containsExactly(1L);
    assertThat(copied.uidValidity()).isEqualTo(sent.uidValidity());
    var copy = messages(sent.id()).getFirst();
    assertThat(copy.blob()).isEqualTo(messages(1).getFirst().blob());
    done(store.expunge(ALICE, 1, ALL, false));
    try (var body = store.openBody(ALICE, copy.blob())) {
      assertThat(body).hasContent("shared");
    }
    done(store.expunge(ALICE, sent.id(), ALL, false));
    assertThatThrownBy(() -> store.openBody(ALICE, copy.blob())).isInstanceOf(IOException.class);
  }

  @Test
  void aRepeatedMoveMovesOnce() {
    fixture.append(INBOX, "a");
    var sent = done(store.create(ALICE, SENT));
    var id = fixture.id();
    var first = done(store.move(id, ALICE, 1, ALL, SENT));
    assertThat(done(store.move(id, ALICE, 1, ALL, SENT))).isEqualTo(first);
    assertThat(info(INBOX).messages()).isZero();
    assertThat(store.uids(ALICE, sent.id())).containsExactly(1);
    assertThat(answer(store.copy(fixture.id(), ALICE, 1, ALL, new MailboxName("Nowhere"))))
        .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX));
  }

  @Test
  void mailboxesAreMadeAndRemoved() {
    var deep = done(store.create(ALICE, new MailboxName("a/b/c")));
    assertThat(store.list(ALICE))
        .extracting(i -> i.name().value())
        .containsExactly("INBOX", "a", "a/b", "a/b/c");
    assertThat(answer(store.create(ALICE, new MailboxName("a/b"))))
        .isEqualTo(StoreAnswer.refused(Refusal.MAILBOX_EXISTS));
    assertThat(answer(store.create(ALICE, new MailboxName("inbox"))))
        .isEqualTo(StoreAnswer.refused(Refusal.MAILBOX_EXISTS));
    done(store.delete(ALICE, new MailboxName("a/b")));
    assertThat(store.list(ALICE))
        .extracting(i -> i.name().value())
        .containsExactly("INBOX", "a", "a/b/c");
    assertThat(answer(store.delete(ALICE, new MailboxName("a/b"))))
        .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX));
    assertThat(answer(store.delete(ALICE, INBOX)))
        .isEqualTo(StoreAnswer.refused(Refusal.NOT_PERMITTED));
    done(store.delete(ALICE, deep.name()));
    var again = done(store.create(ALICE, deep.name()));
    assertThat(again.id()).isNotEqualTo(deep.id());
    assertThat(again.uidValidity()).isGreaterThan(deep.uidValidity());
  }

  @Test
  void renameTakesWhatIsBelow() {
    done(store.create(ALICE, new MailboxName("a/b")));
    long id = info(new MailboxName("a")).id();
    done(store.rename(ALICE, new MailboxName("a"), new MailboxName("x/y")));
    assertThat(store.list(ALICE))
        .extracting(i -> i.name().value())
        .containsExactly("INBOX", "x", "x/y", "x/y/b");
    assertThat(info(new MailboxName("x/y")).id()).isEqualTo(id);
    assertThat(store.find(ALICE, new MailboxName("a"))).isEmpty();
    assertThat(answer(store.rename(ALICE, new MailboxName("x"), new MailboxName("x/z"))))
        .isEqualTo(StoreAnswer.refused(Refusal.NOT_PERMITTED));
    assertThat(answer(store.rename(ALICE, new MailboxName("a"), new MailboxName("z"))))
        .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX));
    assertThat(answer(store.rename(ALICE, new MailboxName("x"), INBOX)))
        .isEqualTo(StoreAnswer.refused(Refusal.MAILBOX_EXISTS));
  }

  @Test
  void renameMayTakeAPlaceThatItEmpties() {
    done(store.create(ALICE, new MailboxName("a/b/b")));
    done(store.delete(ALICE, new MailboxName("a")));
    done(store.rename(ALICE, new MailboxName("a/b"), new MailboxName("a")));
    assertThat(store.list(ALICE))
        .extracting(i -> i.name().value())
        .containsExactly("INBOX", "a", "a/b");
  }

  @Test
  void renamedInboxIsEmptyAndStays() {
    fixture.append(INBOX, "a");
    fixture.append(INBOX, "b");
    done(store.rename(ALICE, INBOX, new MailboxName("old/mail")));
    assertThat(info(INBOX).messages()).isZero();
    assertThat(info(INBOX).uidNext()).isEqualTo(3);
    assertThat(info(new MailboxName("old/mail")).messages()).isEqualTo(2);
  }

  @Test
  void subscriptionsAreOfNames() {
    done(store.create(ALICE, SENT));
    done(store.subscribe(ALICE, SENT, true));
    done(store.subscribe(ALICE, new MailboxName("not/there"), true));
    done(store.subscribe(ALICE, SENT, true));
    assertThat(store.subscriptions(ALICE))
        .extracting(MailboxName::value)
        .containsExactly("Sent", "not/there");
    assertThat(info(SENT).subscribed()).isTrue();
    done(store.delete(ALICE, SENT));
    assertThat(store.subscriptions(ALICE)).hasSize(2);
    done(store.subscribe(ALICE, SENT, false));
    assertThat(store.subscriptions(ALICE)).hasSize(1);
  }

  @Test
  void recentMessagesAreOneSessions() {
    assertThat(done(store.claimRecent(ALICE, 1))).isEqualTo(1);
    fixture.append(INBOX, "a");
    assertThat(done(store.claimRecent(ALICE, 1))).isEqualTo(1);
    assertThat(done(store.claimRecent(ALICE, 1))).isEqualTo(2);
    fixture.append(INBOX, "b");
    assertThat(done(store.claimRecent(ALICE, 1))).isEqualTo(2);
    assertThat(answer(store.claimRecent(ALICE, 99)))
        .isEqualTo(StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX));
  }

  @Test
  void watchersHearWhatIsApplied() throws Exception {
    var heard = new ArrayList<MailboxChange>();
    var watch = store.watch(ALICE, heard::add);
    fixture.append(INBOX, "a");
    store(UidSet.of(1), FlagChange.ADD, Flags.of(Flags.SEEN));
    store(UidSet.of(1), FlagChange.ADD, Flags.of(Flags.SEEN));
    done(store.expunge(ALICE, 1, ALL, false));
    var sent = done(store.create(ALICE, SENT));
    done(store.delete(ALICE, SENT));
    watch.close();
    fixture.append(INBOX, "unheard");
    assertThat(heard)
        .containsExactly(
            new MailboxChange.Appended(1, 1, 2),
            new MailboxChange.FlagsChanged(1, 1, 3, Flags.of(Flags.SEEN)),
            new MailboxChange.Expunged(1, UidSet.of(1), 4),
            new MailboxChange.Deleted(sent.id()));
  }

  @Test
  void manyMessagesTakeSeveralCommands() {
    int count = 2 * ShardCommand.MAX_MESSAGES + 10;
    var appends = new ArrayList<java.util.concurrent.CompletableFuture<?>>();
    for (int i = 0; i < count; i++) {
      appends.add(store.append(fixture.mail(ALICE, INBOX, ("m" + i).getBytes())));
    }
    appends.forEach(future -> future.join());
    var sent = done(store.create(ALICE, SENT));
    assertThat(store(ALL, FlagChange.ADD, Flags.of(Flags.FLAGGED)).changed()).hasSize(count);
    var copied = done(store.copy(fixture.id(), ALICE, 1, ALL, SENT));
    assertThat(copied.sourceUids()).hasSize(count).isEqualTo(copied.targetUids());
    assertThat(done(store.expunge(ALICE, sent.id(), ALL, false)).count()).isEqualTo(count);
    done(store.rename(ALICE, INBOX, new MailboxName("all")));
    assertThat(info(new MailboxName("all")).messages()).isEqualTo(count);
    assertThat(info(INBOX).messages()).isZero();
    // Every second UID: as many ranges as messages.
    var every = new ArrayList<Long>();
    for (long uid = 1; uid <= 30_000; uid += 2) {
      every.add(uid);
    }
    long all = info(new MailboxName("all")).id();
    assertThat(done(store.expunge(ALICE, all, UidSet.ofAscending(every), false)).count())
        .isEqualTo(count / 2);
    assertThat(store.uids(ALICE, all)).hasSize(count / 2);
  }

  @Test
  void aDeletedMailboxIsOutOfSightAndThenGone() throws IOException {
    var sent = done(store.create(ALICE, SENT));
    fixture.append(SENT, "gone");
    String blob = messages(sent.id()).getFirst().blob();
    done(store.delete(ALICE, SENT));
    assertThat(messages(sent.id())).isEmpty();
    assertThat(store.uids(ALICE, sent.id())).isEmpty();
    fixture.append(INBOX, "the next entry tidies up");
    assertThatThrownBy(() -> store.openBody(ALICE, blob)).isInstanceOf(IOException.class);
  }

  @Test
  void withoutAMajorityWritesAreUnavailableAndReadsGoOn() {
    fixture.append(INBOX, "a");
    fixture.logs.forEach(log -> log.majority(false));
    assertThat(store.isWritable(ALICE)).isFalse();
    var late =
        fixture.nodes.getFirst().deliveries().append(fixture.mail(ALICE, INBOX, new byte[9]));
    assertThat(answer(late)).isInstanceOf(StoreAnswer.Unavailable.class);
    assertThat(messages(1)).hasSize(1);
  }
}
