package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.malleposte.shard.Entries.ALICE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.format.FormatException;
import org.malleposte.format.FormatVersion;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.raft.StateMachine.Position;
import org.malleposte.shard.ShardCommand.Body;

class ShardStateTest {
  private static final int CHUNK = ShardCommand.CHUNK_BYTES;

  @TempDir Path directory;
  private final Entries entries = new Entries(1);
  private ShardState state;

  @BeforeEach
  void open() {
    state = Entries.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    state.close();
  }

  private void reopen() {
    state.close();
    open();
  }

  private MailboxInfo inbox() {
    return state.read(reader -> reader.find(ALICE, 1).orElseThrow());
  }

  private long keys(byte family) {
    byte[] from = ShardKeys.family(family);
    return state.digest(from, new byte[] {(byte) (family + 1)}).keys();
  }

  @Test
  void thePositionIsKept() {
    assertThat(state.position()).isEqualTo(Position.NONE);
    entries.apply(state, entries.append("a"));
    assertThat(state.position()).isEqualTo(new Position(1, 0));
    reopen();
    assertThat(state.position()).isEqualTo(new Position(1, 0));
    assertThat(inbox().messages()).isEqualTo(1);
  }

  @Test
  void anAppliedEntryIsNotAppliedAgain() {
    byte[] entry = entries.encode(entries.append("a"));
    state.apply(1, 5, entry);
    var before = state.digest();
    assertThat(state.apply(1, 5, entry)).isEmpty();
    assertThat(state.apply(1, 4, entries.encode(entries.append("b")))).isEmpty();
    state.skip(1, 3);
    assertThat(state.digest()).satisfies(digest -> assertThat(digest.agrees(before)).isTrue());
    assertThat(state.position()).isEqualTo(new Position(1, 5));
  }

  @Test
  void skippedIndexesCountAndAreInTheSnapshot() {
    entries.apply(state, entries.append("a"));
    state.skip(2, 7);
    assertThat(state.snapshot(directory.resolve("snap"))).isEqualTo(new Position(2, 7));
    reopen();
    assertThat(state.position()).isEqualTo(new Position(2, 7));
  }

  @Test
  void anEntryThatWasProposedTwiceIsAnsweredAsTheFirstTime() {
    byte[] entry =
        entries.encode(
            new ShardCommand.Create(ALICE, new MailboxName("a")),
            new ShardCommand.DirectoryPut("k", new byte[] {1}, OptionalLong.of(0)));
    byte[] first = state.apply(1, 0, entry);
    var before = state.digest();
    assertThat(state.apply(1, 1, entry)).isEqualTo(first);
    assertThat(state.digest().agrees(before)).isTrue();
    assertThat(state.position().index()).isEqualTo(1);
    reopen();
    assertThat(state.apply(1, 2, entry)).isEqualTo(first);
    assertThat(Entries.answers(first).get(1)).isEqualTo(new ShardAnswer.Version(1));
  }

  @Test
  void anEntryThatItsSessionGaveUpLongAgoIsNotApplied() {
    byte[] late = entries.encode(entries.append("late"));
    for (int i = 0; i < ShardCommand.Entry.WINDOW; i++) {
      entries.apply(state, entries.append("m" + i));
    }
    long messages = inbox().messages();
    byte[] answer = state.apply(1, 100, late);
    assertThat(AnswerCodec.decodeEntry(answer)).isEqualTo(new ShardAnswer.OfEntry.Outdated());
    assertThat(inbox().messages()).isEqualTo((int) messages);
  }

  @Test
  void sessionsThatAreGoneAreForgotten() {
    entries.pass(state, 40);
    long slots = keys(ShardKeys.SESSION_SLOT);
    assertThat(slots).isEqualTo(ShardCommand.Entry.WINDOW);
    for (int i = 0; i < 30; i++) {
      var other = new Entries(100 + i);
      other.timeMillis = entries.timeMillis + Duration.ofHours(2L * i).toMillis();
      state.apply(1, 1000 + i, other.encode());
    }
    // Of two a day apart only those of the last day are left.
    assertThat(keys(ShardKeys.SESSION)).isBetween(12L, 14L);
    assertThat(keys(ShardKeys.SESSION_SLOT)).isBetween(12L, 14L);
  }

  @Test
  void commandsOfAnEntrySeeEachOther() {
    var id = entries.id();
    var answers =
        entries.apply(
            state,
            entries.append(id, new Body.Inline(new byte[3])),
            entries.append(id, new Body.Inline(new byte[3])),
            new ShardCommand.Create(ALICE, new MailboxName("a")),
            new ShardCommand.Transfer(
                entries.id(),
                0,
                ShardCommand.Transfer.Kind.MOVE,
                ALICE,
                1,
                UidSet.of(1),
                new MailboxName("a")),
            new ShardCommand.Delete(ALICE, new MailboxName("a")),
            new ShardCommand.Create(ALICE, new MailboxName("a")));
    assertThat(((ShardAnswer.Appended) answers.get(1)).repeated()).isTrue();
    assertThat(((ShardAnswer.Transferred) answers.get(3)).targets()).containsExactly(1L);
    assertThat(((ShardAnswer.Mailbox) answers.get(5)).info().id()).isEqualTo(3);
    entries.pass(state, 1);
    assertThat(keys(ShardKeys.BODY)).isZero();
    assertThat(keys(ShardKeys.MESSAGE)).isZero();
    assertThat(keys(ShardKeys.UIDS)).isZero();
  }

  @Test
  void queueIdsAreRememberedForThirtyDaysOfLogTime() {
    var id = entries.id();
    var mail = entries.append(id, new Body.Inline(new byte[3]));
    entries.apply(state, mail);
    entries.timeMillis += Duration.ofDays(30).toMillis();
    assertThat(((ShardAnswer.Appended) entries.applyOne(state, mail)).repeated()).isTrue();
    entries.timeMillis += 1;
    entries.pass(state, 1);
    assertThat(((ShardAnswer.Appended) entries.applyOne(state, mail)).repeated()).isFalse();
    assertThat(inbox().messages()).isEqualTo(2);
    // The second one is remembered in its turn, and is a message of its own.
    assertThat(keys(ShardKeys.REPEAT)).isEqualTo(1);
    assertThat(keys(ShardKeys.BODY)).isEqualTo(2);
  }

  @Test
  void memoryIsDroppedALittleWithEachEntry() {
    for (int i = 0; i < 10; i++) {
      entries.apply(state, entries.append("a" + i), entries.append("b" + i));
    }
    entries.timeMillis += Duration.ofDays(31).toMillis();
    entries.pass(state, 1);
    assertThat(keys(ShardKeys.REPEAT)).isEqualTo(16);
    reopen();
    entries.pass(state, 4);
    assertThat(keys(ShardKeys.REPEAT)).isZero();
    assertThat(keys(ShardKeys.REPEATS_BY_TIME)).isZero();
  }

  @Test
  void timeNeverGoesBack() {
    entries.apply(state, entries.append("a"));
    entries.timeMillis -= Duration.ofDays(365).toMillis();
    var id = entries.id();
    entries.apply(state, entries.append(id, new Body.Inline(new byte[1])));
    entries.timeMillis += Duration.ofDays(365 + 29).toMillis();
    entries.pass(state, 1);
    assertThat(
            ((ShardAnswer.Appended)
                    entries.applyOne(state, entries.append(id, new Body.Inline(new byte[1]))))
                .repeated())
        .isTrue();
  }

  private void upload(org.malleposte.mail.QueueId upload, int... numbers) {
    for (int number : numbers) {
      int size = number == 2 ? 10 : CHUNK;
      entries.apply(state, new ShardCommand.BodyChunk(ALICE, upload, number, new byte[size]));
    }
  }

  @Test
  void chunksMayComeInAnyOrderAndTwice() {
    var upload = entries.id();
    upload(upload, 2, 0, 2, 1, 0);
    var body = new Body.Uploaded(upload, 2L * CHUNK + 10);
    assertThat(entries.applyOne(state, entries.append(entries.id(), body)))
        .isInstanceOf(ShardAnswer.Appended.class);
    assertThat(keys(ShardKeys.BODY)).isEqualTo(3);
    // A second append must not take the same upload: the messages would share it unknowingly.
    assertThat(entries.applyOne(state, entries.append(entries.id(), body)))
        .isEqualTo(new ShardAnswer.BodyMissing());
  }

  @Test
  void anIncompleteUploadIsNoBody() {
    var upload = entries.id();
    var body = new Body.Uploaded(upload, 2L * CHUNK + 10);
    upload(upload, 0, 2);
    assertThat(entries.applyOne(state, entries.append(entries.id(), body)))
        .isEqualTo(new ShardAnswer.BodyMissing());
    assertThat(inbox().messages()).isZero();
    upload(upload, 1);
    assertThat(
            entries.applyOne(
                state, entries.append(entries.id(), new Body.Uploaded(upload, 3L * CHUNK))))
        .isEqualTo(new ShardAnswer.BodyMissing());
  }

  @Test
  void orphansGoAfterADayAndTakenUploadsStay() {
    var orphan = entries.id();
    upload(orphan, 0, 1);
    var taken = entries.id();
    upload(taken, 0, 1, 2);
    entries.applyOne(
        state, entries.append(entries.id(), new Body.Uploaded(taken, 2L * CHUNK + 10)));
    // Late, from a proposal that wandered about: must not open the upload again.
    upload(taken, 1);
    entries.timeMillis += Duration.ofDays(1).toMillis() + 1;
    entries.pass(state, 5);
    assertThat(keys(ShardKeys.BODY)).isEqualTo(3);
    assertThat(keys(ShardKeys.UPLOAD)).isZero();
    assertThat(keys(ShardKeys.UPLOADS_BY_TIME)).isZero();
    var blob = new ArrayList<String>();
    state.read(
        reader -> {
          reader.messages(ALICE, 1, UidSet.of(1), message -> blob.add(message.blob()));
          return null;
        });
    boolean there = state.read(reader -> reader.chunk(ALICE, blob.getFirst(), 1).isPresent());
    assertThat(there).isTrue();
  }

  @Test
  void aLargeMailboxIsTidiedInSteps() {
    entries.apply(state, new ShardCommand.Create(ALICE, new MailboxName("a")));
    for (int i = 0; i < 3; i++) {
      var appends = new ArrayList<ShardCommand>();
      for (int j = 0; j < Garbage.MESSAGES_PER_ENTRY; j++) {
        appends.add(
            new ShardCommand.Append(
                entries.id(),
                ALICE,
                new MailboxName("a"),
                org.malleposte.mailbox.Flags.NONE,
                0,
                new Body.Inline(new byte[1])));
      }
      state.apply(1, entries.nextIndex(), entries.encode(appends));
    }
    entries.apply(state, new ShardCommand.Expunge(ALICE, 2, UidSet.range(100, 200), false));
    entries.apply(state, new ShardCommand.Delete(ALICE, new MailboxName("a")));
    assertThat(keys(ShardKeys.MESSAGE)).isEqualTo(667);
    entries.pass(state, 1);
    assertThat(keys(ShardKeys.MESSAGE)).isEqualTo(667 - 256);
    reopen();
    entries.pass(state, 2);
    for (byte family :
        new byte[] {
          ShardKeys.MESSAGE, ShardKeys.MODSEQ, ShardKeys.UIDS, ShardKeys.BODY, ShardKeys.GARBAGE
        }) {
      assertThat(keys(family)).as("family " + (char) family).isZero();
    }
  }

  @Test
  void garbageInTheLogIsAnsweredAndChangesNothing() {
    entries.apply(state, entries.append("a"));
    var before = state.digest();
    byte[] entry = entries.encode(entries.append("b"));
    assertThat(AnswerCodec.decodeEntry(state.apply(1, 10, Arrays.copyOf(entry, 40))))
        .isInstanceOf(ShardAnswer.OfEntry.Malformed.class);
    assertThat(AnswerCodec.decodeEntry(state.apply(1, 11, new byte[0])))
        .isInstanceOf(ShardAnswer.OfEntry.Malformed.class);
    assertThat(state.digest().agrees(before)).isTrue();
    assertThat(state.position().index()).isEqualTo(11);
  }

  @Test
  void anEntryOfANewerVersionStopsThisReplica() {
    byte[] entry = entries.encode(entries.append("b"));
    entry[0] = 2;
    assertThatThrownBy(() -> state.apply(1, 10, entry))
        .isInstanceOf(EntryCodec.UnknownCommandException.class);
    assertThat(state.position()).isEqualTo(Position.NONE);
  }

  @Test
  void aSnapshotRestoresElsewhere() {
    for (int i = 0; i < 50; i++) {
      entries.apply(state, entries.append("m" + i));
    }
    Path snapshot = directory.resolve("snapshot");
    assertThat(state.snapshot(snapshot)).isEqualTo(new Position(1, 49));
    var expected = state.digest();
    entries.apply(state, entries.append("after"));

    var other = Entries.open(directory.resolve("other"));
    var heard = new ArrayList<MailboxChange>();
    try {
      var others = new Entries(2);
      others.apply(other, others.append("x"), new ShardCommand.Create(ALICE, new MailboxName("a")));
      assertThat(other.position().index()).isZero();
      other.restore(snapshot);
      assertThat(other.position()).isEqualTo(new Position(1, 49));
      assertThat(other.digest().agrees(expected)).isTrue();
      // It goes on from there as the first one did.
      var more = List.<ShardCommand>of(entries.append("more"));
      byte[] entry = entries.encode(more);
      other.apply(1, 50, entry);
      assertThat(other.read(reader -> reader.find(ALICE, 1).orElseThrow()).messages())
          .isEqualTo(51);
    } finally {
      other.close();
    }
    assertThat(heard).isEmpty();
    var again = Entries.open(directory.resolve("other"));
    assertThat(again.position()).isEqualTo(new Position(1, 50));
    again.close();
  }

  @Test
  void anInboxHasTheUidValidityOfItsStoreBeforeAndAfterItsFirstMail() {
    assertThat(inbox(state).uidValidity()).isEqualTo(Entries.FOUNDED.getEpochSecond());
    entries.apply(state, entries.append("a"));
    assertThat(inbox(state).uidValidity()).isEqualTo(Entries.FOUNDED.getEpochSecond());

    // The same account in a store that was founded a second later is another mailbox to a client.
    try (var later = Entries.open(directory.resolve("later"), Entries.FOUNDED.plusSeconds(1))) {
      assertThat(inbox(later).uidValidity()).isEqualTo(Entries.FOUNDED.getEpochSecond() + 1);
      var others = new Entries(2);
      others.apply(later, others.append("a"));
      assertThat(inbox(later).uidValidity()).isEqualTo(Entries.FOUNDED.getEpochSecond() + 1);
      others.apply(later, new ShardCommand.Create(ALICE, new MailboxName("second")));
      assertThat(later.read(reader -> reader.find(ALICE, new MailboxName("second"))).orElseThrow())
          .extracting(MailboxInfo::uidValidity)
          .isNotEqualTo(inbox(later).uidValidity());
    }
  }

  private static MailboxInfo inbox(ShardState of) {
    return of.read(reader -> reader.find(ALICE, MailboxName.INBOX)).orElseThrow();
  }

  @Test
  void watchersHearOfARestore() {
    var states =
        new ShardStates(
            new ShardMap(1),
            path -> RocksKeyValueStore.open(path, RocksKeyValueStore.Tuning.DEFAULT));
    var heard = new ArrayList<MailboxChange>();
    var keys = new ArrayList<String>();
    states.watches(1).watch(ALICE, heard::add);
    states.watches(1).watch("table/", keys::add);
    entries.apply(state, entries.append("a"));
    state.snapshot(directory.resolve("snapshot"));
    var replica = states.open(1, directory.resolve("replica"), Entries.FOUNDED);
    // The state was not there when the watch began.
    assertThat(heard).containsExactly(new MailboxChange.Unknown(1));
    heard.clear();
    keys.clear();
    var others = new Entries(2);
    others.apply(replica, new ShardCommand.Create(ALICE, new MailboxName("gone")));
    replica.restore(directory.resolve("snapshot"));
    assertThat(heard)
        .containsExactlyInAnyOrder(new MailboxChange.Unknown(1), new MailboxChange.Unknown(2));
    assertThat(keys).containsExactly("table/");
    replica.close();
  }

  @Test
  void aDamagedSnapshotCostsNothing() throws IOException {
    entries.apply(state, entries.append("a"));
    Path snapshot = directory.resolve("snapshot");
    state.snapshot(snapshot);
    Files.delete(snapshot.resolve("db/CURRENT"));
    Files.writeString(snapshot.resolve("db/CURRENT"), "MANIFEST-999999\n");
    assertThatThrownBy(() -> state.restore(snapshot)).isInstanceOf(UncheckedIOException.class);
    assertThat(inbox().messages()).isEqualTo(1);
    entries.apply(state, entries.append("b"));
    reopen();
    assertThat(inbox().messages()).isEqualTo(2);
  }

  @Test
  void aCrashWithinARestoreLeavesTheOldStateOrTheNew() throws IOException {
    entries.apply(state, entries.append("a"));
    state.close();
    // Before the switch: a copy that nothing names.
    Files.createDirectories(directory.resolve("state/db-2"));
    Files.writeString(directory.resolve("state/db-2/CURRENT"), "half");
    open();
    assertThat(inbox().messages()).isEqualTo(1);
    assertThat(directory.resolve("state/db-2")).doesNotExist();
    // After the switch: the old one is still there.
    state.snapshot(directory.resolve("snapshot"));
    entries.apply(state, entries.append("b"));
    state.restore(directory.resolve("snapshot"));
    state.close();
    Files.createDirectories(directory.resolve("state/db-1"));
    open();
    assertThat(inbox().messages()).isEqualTo(1);
    assertThat(directory.resolve("state/db-1")).doesNotExist();
  }

  @Test
  void theDirectoryOfAStateIsNoOthers() throws IOException {
    state.close();
    Path path = directory.resolve("state");
    assertThatThrownBy(
            () ->
                ShardState.open(path, 1, new ShardMap(2), Entries.FOUNDED, MailStoreFixture::rocks))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("holds group 1 of 1, not group 1 of 2");
    FormatVersion.write(path, "shard", new FormatVersion(2, 0));
    assertThatThrownBy(this::open).hasMessageContaining("start the newer program");
    FormatVersion.write(path, "shard", new FormatVersion(1, 7));
    open();
  }

  @Test
  void readersOfAClosedStateGetAnErrorNotACrash() {
    state.close();
    assertThatThrownBy(this::inbox).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> state.digest()).isInstanceOf(UncheckedIOException.class);
    state.close();
  }

  @Test
  void theDigestTellsWhereReplicasDiffer() {
    var other = Entries.open(directory.resolve("other"));
    try {
      byte[] one = entries.encode(entries.append("a"), new ShardCommand.DirectoryDelete("x"));
      state.apply(1, 0, one);
      other.apply(1, 0, one);
      assertThat(state.digest().agrees(other.digest())).isTrue();
      assertThat(state.digest().position()).isEqualTo(other.digest().position());
      byte[] put =
          entries.encode(new ShardCommand.DirectoryPut("k", new byte[1], OptionalLong.empty()));
      other.apply(1, 1, put);
      assertThat(state.digest().agrees(other.digest())).isFalse();
      byte[] from = ShardKeys.family(ShardKeys.ACCOUNT);
      byte[] to = ShardKeys.family(ShardKeys.DIRECTORY);
      assertThat(state.digest(from, to).agrees(other.digest(from, to))).isTrue();
    } finally {
      other.close();
    }
  }

  @Test
  void directoryKeysHaveVersions() {
    var put = new ShardCommand.DirectoryPut("k", new byte[] {1}, OptionalLong.of(0));
    assertThat(entries.apply(state, put, put))
        .containsExactly(new ShardAnswer.Version(1), new ShardAnswer.Refused(Refusal.CONFLICT));
    var any = new ShardCommand.DirectoryPut("k", new byte[] {2}, OptionalLong.empty());
    assertThat(entries.applyOne(state, any)).isEqualTo(new ShardAnswer.Version(2));
    assertThat(entries.apply(state, new ShardCommand.DirectoryDelete("k"), put))
        .containsExactly(new ShardAnswer.Accepted(), new ShardAnswer.Version(1));
  }
}
