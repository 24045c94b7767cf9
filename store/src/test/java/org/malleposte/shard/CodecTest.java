package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.format.FormatException;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardCommand.*;

class CodecTest {
  private static final AccountName ALICE = new AccountName("älice@example.org");
  private static final MailboxName NAME = new MailboxName("Entwürfe/日本");
  private static final UidSet UIDS =
      new UidSet(List.of(new UidSet.Range(1, 4), new UidSet.Range(9, 0xffff_ffffL)));
  private final Random random = new Random(5);

  private QueueId id() {
    return QueueId.create(Instant.ofEpochMilli(random.nextLong(1L << 47)), random);
  }

  private List<ShardCommand> commands() {
    var flags = Flags.of(Flags.SEEN, Flags.DRAFT, "$Forwarded", "Straße");
    return List.of(
        new Append(id(), ALICE, NAME, flags, -86_400, new Body.Inline(new byte[] {1, 2, 3})),
        new Append(id(), ALICE, NAME, Flags.NONE, 1L << 40, new Body.Uploaded(id(), 1 << 20)),
        new BodyChunk(ALICE, id(), 4095, new byte[ShardCommand.CHUNK_BYTES]),
        new BodyChunk(ALICE, id(), 0, new byte[0]),
        new StoreFlags(ALICE, 7, UIDS, FlagChange.REMOVE, flags, OptionalLong.of(1L << 60)),
        new StoreFlags(ALICE, 7, UidSet.EMPTY, FlagChange.SET, Flags.NONE, OptionalLong.empty()),
        new Expunge(ALICE, Long.MAX_VALUE, UIDS, true),
        new Transfer(id(), 3, Transfer.Kind.MOVE, ALICE, 1, UIDS, NAME),
        new Create(ALICE, NAME),
        new Delete(ALICE, NAME),
        new Rename(ALICE, NAME, MailboxName.INBOX),
        new Subscribe(ALICE, NAME, true),
        new ClaimRecent(ALICE, 1),
        new DirectoryPut("account/älice", new byte[] {9}, OptionalLong.of(0)),
        new DirectoryPut("k", new byte[Directory.MAX_VALUE_BYTES], OptionalLong.empty()),
        new DirectoryDelete("x".repeat(ShardCommand.MAX_KEY_CHARACTERS)));
  }

  private byte[] entry(List<ShardCommand> commands) {
    byte[] session = new byte[Entry.SESSION_BYTES];
    random.nextBytes(session);
    return EntryCodec.entry(session, 77, 99, commands.stream().map(EntryCodec::frame).toList());
  }

  @Test
  void entriesComeBackAsTheyWere() {
    var commands = commands();
    byte[] bytes = entry(commands);
    var entry = EntryCodec.decode(bytes);
    assertThat(entry.sequence()).isEqualTo(77);
    assertThat(entry.timeMillis()).isEqualTo(99);
    assertThat(entry.session()).isEqualTo(Arrays.copyOfRange(bytes, 1, 17));
    assertThat(entry.commands()).hasSameSizeAs(commands);
    for (int i = 0; i < commands.size(); i++) {
      var command = entry.commands().get(i);
      assertThat(command.getClass()).isEqualTo(commands.get(i).getClass());
      assertThat(EntryCodec.frame(command).head())
          .isEqualTo(EntryCodec.frame(commands.get(i)).head());
      assertThat(EntryCodec.frame(command).body())
          .isEqualTo(EntryCodec.frame(commands.get(i)).body());
    }
    assertThat(entry.commands().get(8)).isEqualTo(new Create(ALICE, NAME));
    assertThat(entry.commands().get(7)).isEqualTo(commands.get(7));
    assertThat(entry.commands().get(4)).isEqualTo(commands.get(4));
  }

  @Test
  void framesSayTheirSize() {
    for (var command : commands()) {
      var frame = EntryCodec.frame(command);
      int with = entry(List.of(command)).length;
      assertThat(with - entry(List.of()).length).isEqualTo(frame.sizeBytes());
    }
  }

  @Test
  void fieldsOfANewerMinorVersionAreIgnored() {
    byte[] frame = EntryCodec.frame(new ClaimRecent(ALICE, 1)).head();
    byte[] longer = Arrays.copyOf(frame, frame.length + 5);
    byte[] bytes =
        EntryCodec.entry(new byte[16], 0, 0, List.of(new EntryCodec.Frame(longer, new byte[0])));
    assertThat(EntryCodec.decode(bytes).commands()).containsExactly(new ClaimRecent(ALICE, 1));
  }

  @Test
  void anUnknownCommandIsNoGarbage() {
    var frame = new EntryCodec.Frame(new byte[] {120, 1, 2}, new byte[0]);
    byte[] bytes = EntryCodec.entry(new byte[16], 0, 0, List.of(frame));
    assertThatThrownBy(() -> EntryCodec.decode(bytes))
        .isInstanceOf(EntryCodec.UnknownCommandException.class);
  }

  @Test
  void anyBytesAreAnEntryOrRefused() {
    byte[] good =
        entry(commands().stream().filter(c -> EntryCodec.frame(c).sizeBytes() < 1000).toList());
    for (int length = 0; length < good.length; length += 7) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> EntryCodec.decode(cut)).isInstanceOf(FormatException.class);
    }
    int decoded = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        EntryCodec.decode(bad);
        decoded++;
      } catch (FormatException | EntryCodec.UnknownCommandException e) {
        // Nothing else may come out.
        assertThat(e.getMessage()).isNotNull();
      }
    }
    // Some changes hit a body or a name: without them the test would only see the first command.
    assertThat(decoded).isBetween(100, 4_900);
  }

  private List<ShardAnswer> answers() {
    var message =
        new Message(
            0xffff_ffffL,
            1L << 60,
            Flags.of(Flags.FLAGGED, "x"),
            Instant.ofEpochSecond(-5),
            1L << 33,
            "m1.2",
            Instant.ofEpochSecond(7));
    return List.of(
        new ShardAnswer.Refused(Refusal.CONFLICT),
        new ShardAnswer.Accepted(),
        new ShardAnswer.Appended(1, 2, 3, true),
        new ShardAnswer.BodyMissing(),
        new ShardAnswer.FlagsStored(List.of(message, message), UidSet.of(3, 4, 9), 10),
        new ShardAnswer.Expunged(UidSet.of(1, 2, 3, 7), 0),
        new ShardAnswer.Transferred(4, List.of(5L, 9L), List.of(1L, 2L), 3),
        new ShardAnswer.Mailbox(new MailboxInfo(1, NAME, 2, 3, 4, 5, 6, 7, 8, 9, true, "\\Sent")),
        new ShardAnswer.InboxEmptied(9, 4),
        new ShardAnswer.RecentFrom(12),
        new ShardAnswer.Version(3));
  }

  @Test
  void answersComeBackAsTheyWere() {
    for (var answer : answers()) {
      assertThat(AnswerCodec.decode(AnswerCodec.encode(answer))).isEqualTo(answer);
    }
    for (var whole :
        List.of(
            new ShardAnswer.OfEntry.Answers(answers()),
            new ShardAnswer.OfEntry.Malformed("why"),
            new ShardAnswer.OfEntry.Outdated())) {
      assertThat(AnswerCodec.decodeEntry(AnswerCodec.encode(whole))).isEqualTo(whole);
    }
  }

  @Test
  void anyBytesAreAnAnswerOrRefused() {
    byte[] good = AnswerCodec.encode(new ShardAnswer.OfEntry.Answers(answers()));
    for (int i = 0; i < 5_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        AnswerCodec.decodeEntry(bad);
      } catch (FormatException e) {
        assertThat(e.getMessage()).isNotNull();
      }
    }
  }

  @Test
  void recordsKeepWhatANewerVersionAdded() {
    byte[] message = new MessageRecord(5, Flags.of("a"), 6, 7, "m1.1", 8).encode();
    byte[] longer = Arrays.copyOf(message, message.length + 3);
    assertThat(MessageRecord.decode(longer).with(9, Flags.NONE).encode()).endsWith(0, 0, 0);
    byte[] mailbox = new UnusedAccount(7).inbox().encode();
    byte[] longerMailbox = Arrays.copyOf(mailbox, mailbox.length + 2);
    assertThat(MailboxRecord.decode(longerMailbox).encode()).isEqualTo(longerMailbox);
    byte[] account = new UnusedAccount(7).record().encode();
    byte[] longerAccount = Arrays.copyOf(account, account.length + 2);
    assertThat(AccountRecord.decode(longerAccount).encode()).isEqualTo(longerAccount);
  }

  @Test
  void accountsSpreadOverShardsAndStay() {
    var map = new ShardMap(4);
    int[] count = new int[5];
    for (int i = 0; i < 4000; i++) {
      count[map.groupOf(new AccountName("user" + i))]++;
    }
    assertThat(count[0]).isZero();
    assertThat(Arrays.stream(count).skip(1)).allMatch(n -> n > 800);
    // These must never change: mailboxes would be looked for elsewhere.
    var known = new ArrayList<Integer>();
    for (String name : List.of("alice", "bob", "carol", "postmaster")) {
      known.add(new ShardMap(2).groupOf(new AccountName(name)));
    }
    assertThat(known).containsExactly(2, 1, 1, 2);
  }
}
