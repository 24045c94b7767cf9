package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.shard.Entries.ALICE;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.format.RecordWriter;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;
import org.malleposte.shard.ShardAnswer.Accepted;
import org.malleposte.shard.ShardAnswer.Refused;
import org.malleposte.shard.ShardAnswer.Restored;
import org.malleposte.shard.ShardCommand.Append.More;
import org.malleposte.shard.ShardCommand.Body;
import org.malleposte.shard.ShardCommand.Create;
import org.malleposte.shard.ShardCommand.Delete;
import org.malleposte.shard.ShardCommand.Expunge;
import org.malleposte.shard.ShardCommand.Renumber;
import org.malleposte.shard.ShardCommand.SetProperty;
import org.malleposte.shard.ShardCommand.Transfer;
import org.malleposte.shard.ShardCommand.Undelete;

/** What an account has beyond mailboxes and messages: limits, properties, what was expunged. */
class ShardAccountTest {
  private static final MailboxName ARCHIVE = new MailboxName("Archive");
  private static final UidSet ALL = UidSet.range(1, 1_000_000);
  private static final long FORTNIGHT = Duration.ofDays(14).toSeconds();
  private static final byte[] NOTHING = {};

  @TempDir Path directory;
  private final Entries entries = new Entries(7);
  private ShardState state;

  @BeforeEach
  void open() {
    state = Entries.open(directory);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private void reopen() {
    state.close();
    state = Entries.open(directory);
  }

  private ShardAnswer append(More more, int size) {
    return entries.applyOne(
        state,
        new ShardCommand.Append(
            entries.id(),
            ALICE,
            MailboxName.INBOX,
            Flags.NONE,
            1_780_000_000,
            new Body.Inline(new byte[size]),
            more));
  }

  private MailboxInfo inbox() {
    return state.read(reader -> reader.find(ALICE, 1)).orElseThrow();
  }

  private List<Message> messages(long mailboxId) {
    var found = new ArrayList<Message>();
    state.read(
        reader -> {
          reader.messages(ALICE, mailboxId, ALL, found::add);
          return null;
        });
    return found;
  }

  private long keys(byte family) {
    return state.digest(ShardKeys.family(family), ShardKeys.family((byte) (family + 1))).keys();
  }

  private Expunge expunge(UidSet uids, long keepSeconds) {
    return new Expunge(ALICE, 1, uids, false, keepSeconds);
  }

  @Test
  void aMessageOverTheQuotaIsRefused() {
    var bytes = new More(0, new Quota(100, 0), NOTHING);
    assertThat(append(bytes, 60)).isInstanceOf(ShardAnswer.Appended.class);
    assertThat(append(bytes, 41)).isEqualTo(new Refused(Refusal.OVER_QUOTA));
    assertThat(append(bytes, 40)).isInstanceOf(ShardAnswer.Appended.class);
    var count = new More(0, new Quota(0, 2), NOTHING);
    assertThat(append(count, 1)).isEqualTo(new Refused(Refusal.OVER_QUOTA));
    entries.apply(state, expunge(UidSet.of(1), 0));
    assertThat(append(count, 1)).isInstanceOf(ShardAnswer.Appended.class);
  }

  @Test
  void copiesCountAgainstTheQuotaAndMovesDoNot() {
    append(More.NOTHING, 60);
    entries.apply(state, new Create(ALICE, ARCHIVE));
    var quota = new Quota(100, 0);
    assertThat(entries.applyOne(state, transfer(Transfer.Kind.COPY, quota)))
        .isEqualTo(new Refused(Refusal.OVER_QUOTA));
    assertThat(entries.applyOne(state, transfer(Transfer.Kind.MOVE, quota)))
        .isInstanceOf(ShardAnswer.Transferred.class);
  }

  private Transfer transfer(Transfer.Kind kind, Quota quota) {
    return new Transfer(entries.id(), 0, kind, ALICE, 1, ALL, ARCHIVE, quota);
  }

  @Test
  void aMessageGetsTheUidThatItHadElsewhere() {
    assertThat(entries.applyOne(state, new Renumber(ALICE, MailboxName.INBOX, 4711)))
        .isEqualTo(new Accepted());
    append(new More(17, Quota.NONE, NOTHING), 1);
    append(More.NOTHING, 1);
    assertThat(append(new More(18, Quota.NONE, NOTHING), 1))
        .isEqualTo(new Refused(Refusal.CONFLICT));
    assertThat(messages(1)).extracting(Message::uid).containsExactly(17L, 18L);
    assertThat(inbox().uidValidity()).isEqualTo(4711);
    assertThat(inbox().uidNext()).isEqualTo(19);
    assertThat(entries.applyOne(state, new Renumber(ALICE, MailboxName.INBOX, 4712)))
        .isEqualTo(new Refused(Refusal.CONFLICT));
  }

  @Test
  void aSpecialUseIsOneMailboxsAndStaysWithIt() {
    var sent = new MailboxName("Sent");
    entries.apply(state, new Create(ALICE, sent, "\\Sent"));
    assertThat(entries.applyOne(state, new Create(ALICE, ARCHIVE, "\\sent")))
        .isEqualTo(new Refused(Refusal.CONFLICT));
    entries.apply(state, new ShardCommand.Rename(ALICE, sent, new MailboxName("Gesendet")));
    reopen();
    var info = state.read(reader -> reader.find(ALICE, new MailboxName("Gesendet")));
    assertThat(info.orElseThrow().use()).isEqualTo("\\Sent");
    assertThat(inbox().use()).isEmpty();
  }

  @Test
  void theIndexOfAMessageGoesWithItsLastCopy() {
    append(new More(0, Quota.NONE, new byte[] {1, 2}), 5);
    append(More.NOTHING, 5);
    entries.apply(state, new Create(ALICE, ARCHIVE), transfer(Transfer.Kind.COPY, Quota.NONE));
    var blobs = messages(1).stream().map(Message::blob).toList();
    assertThat(index(blobs.get(0))).contains(new byte[] {1, 2});
    assertThat(index(blobs.get(1))).isEmpty();
    entries.apply(state, expunge(ALL, 0));
    assertThat(keys(ShardKeys.INDEX)).isEqualTo(1);
    entries.apply(state, new Expunge(ALICE, 2, ALL, false, 0));
    assertThat(keys(ShardKeys.INDEX)).isZero();
    assertThat(keys(ShardKeys.BODY)).isZero();
  }

  @Test
  void aCopyIsSavedWhenItIsMadeAndKeepsItsDate() {
    append(More.NOTHING, 5);
    long before = entries.timeMillis / 1000;
    entries.timeMillis += 60_000;
    entries.apply(state, new Create(ALICE, ARCHIVE), transfer(Transfer.Kind.COPY, Quota.NONE));
    assertThat(messages(1).getFirst().saved().getEpochSecond()).isEqualTo(before);
    var copy = messages(2).getFirst();
    assertThat(copy.saved().getEpochSecond()).isEqualTo(before + 60);
    assertThat(copy.internalDate()).isEqualTo(messages(1).getFirst().internalDate());
    assertThat(copy.blob()).isEqualTo(messages(1).getFirst().blob());
  }

  @Test
  void whatVanishedIsKnownByModSeq() {
    for (int i = 0; i < 5; i++) {
      append(More.NOTHING, 1);
    }
    long start = inbox().highestModSeq();
    entries.apply(state, expunge(UidSet.of(2), 0));
    long afterFirst = inbox().highestModSeq();
    entries.apply(state, expunge(UidSet.range(4, 5), FORTNIGHT));
    entries.apply(state, new Create(ALICE, ARCHIVE));
    entries.apply(state, transfer(Transfer.Kind.MOVE, Quota.NONE));
    reopen();
    assertThat(vanished(start)).isEqualTo(new Vanished.Known(UidSet.range(1, 5)));
    assertThat(vanished(afterFirst).toString())
        .isEqualTo(new Vanished.Known(UidSet.ofAscending(List.of(1L, 3L, 4L, 5L))).toString());
    assertThat(vanished(inbox().highestModSeq())).isEqualTo(new Vanished.Known(UidSet.EMPTY));
    assertThat(vanished(0)).isEqualTo(new Vanished.Forgotten());
  }

  private Vanished vanished(long modSeq) {
    return state.read(reader -> reader.vanished(ALICE, 1, modSeq));
  }

  @Test
  void theLogOfWhatVanishedIsBoundedAndGoesWithItsMailbox() {
    entries.apply(state, new Create(ALICE, ARCHIVE));
    long first = 0;
    for (int i = 0; i < Vanishings.MAX_KEYS + 10; i++) {
      append(More.NOTHING, 1);
      entries.apply(state, expunge(ALL, 0));
      first = i == 0 ? inbox().highestModSeq() : first;
    }
    assertThat(keys(ShardKeys.VANISHED)).isBetween(Vanishings.MAX_KEYS / 2L, 2500L);
    assertThat(vanished(first)).isEqualTo(new Vanished.Forgotten());
    assertThat(vanished(inbox().highestModSeq() - 2))
        .isEqualTo(new Vanished.Known(UidSet.of(inbox().uidNext() - 1)));
    long before = keys(ShardKeys.VANISHED);
    append(More.NOTHING, 1);
    entries.apply(state, transfer(Transfer.Kind.MOVE, Quota.NONE));
    entries.apply(state, new Expunge(ALICE, 2, ALL, false, 0));
    assertThat(keys(ShardKeys.VANISHED)).isEqualTo(before + 2);
    entries.apply(state, new Delete(ALICE, ARCHIVE));
    entries.pass(state, 2);
    assertThat(keys(ShardKeys.VANISHED)).isEqualTo(before + 1);
  }

  @Test
  void expungedMessagesComeBackForAFortnight() {
    append(More.NOTHING, 5);
    append(More.NOTHING, 6);
    long began = entries.timeMillis;
    entries.apply(
        state,
        new ShardCommand.StoreFlags(
            ALICE,
            1,
            ALL,
            MailboxStore.FlagChange.SET,
            Flags.of(Flags.DELETED, Flags.SEEN),
            java.util.OptionalLong.empty()));
    entries.apply(state, expunge(ALL, FORTNIGHT));
    assertThat(messages(1)).isEmpty();
    assertThat(inbox().sizeBytes()).isZero();
    assertThat(keys(ShardKeys.BODY)).isEqualTo(2);
    reopen();
    entries.timeMillis += Duration.ofDays(13).toMillis();
    var id = entries.id();
    assertThat(undelete(id, began)).isEqualTo(new Restored(2, false));
    assertThat(messages(1)).extracting(Message::uid).containsExactly(3L, 4L);
    assertThat(messages(1))
        .extracting(Message::flags)
        .containsExactly(Flags.of(Flags.SEEN), Flags.of(Flags.SEEN));
    assertThat(inbox().sizeBytes()).isEqualTo(11);
    // A repeat is recognised, and there is nothing left to bring back.
    assertThat(undelete(id, began)).isEqualTo(new Restored(2, false));
    assertThat(undelete(entries.id(), began)).isEqualTo(new Restored(0, false));
    assertThat(messages(1)).hasSize(2);
    assertThat(keys(ShardKeys.KEPT) + keys(ShardKeys.KEPT_UNTIL)).isZero();
  }

  private ShardAnswer undelete(QueueId id, long since) {
    return entries.applyOne(state, new Undelete(id, 0, ALICE, since));
  }

  @Test
  void afterThatTheyAreGone() {
    for (int i = 0; i < 200; i++) {
      append(More.NOTHING, 5);
    }
    entries.apply(state, expunge(ALL, FORTNIGHT));
    entries.timeMillis += Duration.ofDays(14).toMillis() + 1;
    entries.pass(state, 5);
    assertThat(keys(ShardKeys.BODY)).isZero();
    assertThat(keys(ShardKeys.KEPT) + keys(ShardKeys.KEPT_UNTIL)).isZero();
    assertThat(undelete(entries.id(), 0)).isEqualTo(new Restored(0, false));
  }

  @Test
  void theMessagesOfADeletedMailboxComeBackToTheInbox() {
    for (int i = 0; i < 700; i++) {
      append(More.NOTHING, 5);
    }
    entries.apply(state, new Create(ALICE, ARCHIVE), transfer(Transfer.Kind.MOVE, Quota.NONE));
    entries.apply(state, new Delete(ALICE, ARCHIVE, FORTNIGHT));
    entries.pass(state, 5);
    assertThat(keys(ShardKeys.KEPT)).isEqualTo(700);
    assertThat(undelete(entries.id(), 0)).isEqualTo(new Restored(500, true));
    assertThat(undelete(entries.id(), 0)).isEqualTo(new Restored(200, false));
    assertThat(messages(1)).hasSize(700);
    assertThat(keys(ShardKeys.BODY)).isEqualTo(700);
  }

  @Test
  void propertiesAreKeptAndBounded() {
    assertThat(set("sieve/a", "one")).isEqualTo(new Accepted());
    assertThat(set("sieve/b", "two")).isEqualTo(new Accepted());
    assertThat(set("other", "three")).isEqualTo(new Accepted());
    assertThat(set("sieve/a", "1")).isEqualTo(new Accepted());
    reopen();
    assertThat(state.read(reader -> reader.properties(ALICE, "sieve/")).keySet())
        .containsExactly("sieve/a", "sieve/b");
    assertThat(property("sieve/a")).contains("1".getBytes(StandardCharsets.UTF_8));
    remove("sieve/a");
    remove("sieve/a");
    assertThat(property("sieve/a")).isEmpty();
    String large = "x".repeat(MailboxStore.MAX_PROPERTY_BYTES);
    int full = 0;
    while (set("large" + full, large) instanceof Accepted) {
      full++;
    }
    assertThat(full).isEqualTo(15);
    assertThat(set("large0", "small")).isEqualTo(new Accepted());
    assertThat(set("large" + full, large.substring(100))).isEqualTo(new Accepted());
  }

  @Test
  void tooManyPropertiesAreRefused() {
    for (int i = 0; i < MailboxStore.MAX_PROPERTIES; i++) {
      assertThat(set("p" + i, "")).isEqualTo(new Accepted());
    }
    assertThat(set("more", "")).isEqualTo(new Refused(Refusal.OVER_QUOTA));
    assertThat(set("p1", "")).isEqualTo(new Accepted());
    remove("p1");
    assertThat(set("more", "")).isEqualTo(new Accepted());
  }

  private ShardAnswer set(String key, String value) {
    return entries.applyOne(
        state, new SetProperty(ALICE, key, false, value.getBytes(StandardCharsets.UTF_8)));
  }

  private Optional<byte[]> property(String key) {
    return state.read(reader -> reader.property(ALICE, key));
  }

  private Optional<byte[]> index(String blob) {
    return state.read(reader -> reader.index(ALICE, blob));
  }

  private void remove(String key) {
    assertThat(entries.applyOne(state, new SetProperty(ALICE, key, true, NOTHING)))
        .isEqualTo(new Accepted());
  }

  /** As format 1.0 wrote them: without what came behind. */
  @Test
  void recordsOfTheFirstFormatAreRead() {
    var message = new RecordWriter(16).varint(5);
    ValueCodec.flags(message, Flags.NONE);
    ValueCodec.signed(message, 1_780_000_000);
    var old = MessageRecord.decode(message.varint(7).text("m1.1").toBytes());
    assertThat(old.savedSeconds()).isEqualTo(1_780_000_000);
    assertThat(MessageRecord.decode(old.encode())).usingRecursiveComparison().isEqualTo(old);
    var mailbox = new RecordWriter(16);
    ValueCodec.name(mailbox, ARCHIVE);
    for (int i = 1; i <= 8; i++) {
      mailbox.varint(i);
    }
    var box = MailboxRecord.decode(mailbox.toBytes());
    assertThat(box.vanishedFrom()).isEqualTo(box.modSeq()).isEqualTo(3);
    assertThat(box.use()).isEmpty();
    assertThat(box.recentFrom()).isEqualTo(8);
    var account = AccountRecord.decode(new RecordWriter(8).varint(3).varint(4).varint(5).toBytes());
    assertThat(account.subscriptions()).isEqualTo(5);
    assertThat(account.properties()).isZero();
  }
}
