package org.malleposte.shard;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.malleposte.format.FormatException;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;

/** The log's entries, their answers, and the values on disk. */
public final class ShardFuzz {
  private static final AccountName ALICE = new AccountName("alice");
  private static final QueueId ID = new QueueId("0".repeat(QueueId.LENGTH));

  private ShardFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of("log-entry", ShardFuzz::entry).with(() -> List.of(entry())),
        FuzzTarget.of("log-answer", ShardFuzz::answer).with(ShardFuzz::answers),
        FuzzTarget.of("store-values", ShardFuzz::values).with(ShardFuzz::stored));
  }

  private static byte[] entry() {
    var commands =
        List.of(
            new ShardCommand.Append(
                ID,
                ALICE,
                MailboxName.INBOX,
                Flags.of(Flags.SEEN, "$Label"),
                -5,
                new ShardCommand.Body.Inline(new byte[] {1, 2})),
            new ShardCommand.BodyChunk(ALICE, ID, 1, new byte[] {3}),
            new ShardCommand.StoreFlags(
                ALICE,
                1,
                UidSet.of(1, 2, 9),
                FlagChange.values()[0],
                Flags.NONE,
                OptionalLong.of(4)),
            new ShardCommand.Expunge(ALICE, 1, UidSet.of(7), true),
            new ShardCommand.Transfer(
                ID,
                0,
                ShardCommand.Transfer.Kind.values()[0],
                ALICE,
                1,
                UidSet.of(3),
                new MailboxName("Sent")),
            new ShardCommand.Rename(ALICE, new MailboxName("a"), new MailboxName("b/c")),
            new ShardCommand.Subscribe(ALICE, new MailboxName("a"), true),
            new ShardCommand.DirectoryPut("k", new byte[] {5}, OptionalLong.empty()));
    return EntryCodec.entry(
        new byte[ShardCommand.Entry.SESSION_BYTES],
        1,
        2,
        commands.stream().map(EntryCodec::frame).toList());
  }

  private static void entry(byte[] data) {
    ShardCommand.Entry entry;
    try {
      entry = EntryCodec.decode(data);
    } catch (FormatException | EntryCodec.UnknownCommandException e) {
      return;
    }
    byte[] bytes = encoded(entry);
    Fuzz.same(bytes, encoded(EntryCodec.decode(bytes)), "entry");
    Fuzz.check(
        bytes.length <= data.length + 16 * entry.commands().size() + 32, "longer than before");
  }

  private static byte[] encoded(ShardCommand.Entry entry) {
    return EntryCodec.entry(
        entry.session(),
        entry.sequence(),
        entry.timeMillis(),
        entry.commands().stream().map(EntryCodec::frame).toList());
  }

  private static List<byte[]> answers() {
    var message = new Message(1, 2, Flags.of(Flags.SEEN), Instant.EPOCH, 3, "blob", Instant.EPOCH);
    return List.of(
        AnswerCodec.encode(
            new ShardAnswer.OfEntry.Answers(
                List.of(
                    new ShardAnswer.Appended(1, 2, 3, false),
                    new ShardAnswer.Refused(Refusal.values()[0]),
                    new ShardAnswer.FlagsStored(List.of(message), UidSet.of(4), 0),
                    new ShardAnswer.Transferred(1, List.of(2L, 3L), List.of(4L, 5L), 0)))),
        AnswerCodec.encode(new ShardAnswer.OfEntry.Malformed("why")));
  }

  private static void answer(byte[] data) {
    try {
      byte[] bytes = AnswerCodec.encode(AnswerCodec.decodeEntry(data));
      Fuzz.same(bytes, AnswerCodec.encode(AnswerCodec.decodeEntry(bytes)), "answers");
    } catch (FormatException e) {
      // Not answers.
    }
    try {
      byte[] bytes = AnswerCodec.encode(AnswerCodec.decode(data));
      Fuzz.same(bytes, AnswerCodec.encode(AnswerCodec.decode(bytes)), "answer");
    } catch (FormatException e) {
      // Not an answer.
    }
  }

  private static List<byte[]> stored() {
    return List.of(
        Fuzz.behind(0, AccountRecord.unused(9).encode()),
        Fuzz.behind(1, MailboxRecord.empty(new MailboxName("Sent"), 5, "\\Sent").encode()),
        Fuzz.behind(2, new MessageRecord(1, Flags.of("$a"), 2, 3, "blob", 4).encode()));
  }

  private static void values(byte[] data) {
    Function<byte[], byte[]> recoded =
        switch (Fuzz.choice(data) % 3) {
          case 0 -> bytes -> AccountRecord.decode(bytes).encode();
          case 1 -> bytes -> MailboxRecord.decode(bytes).encode();
          default -> bytes -> MessageRecord.decode(bytes).encode();
        };
    byte[] once;
    try {
      once = ValueCodec.checked(() -> recoded.apply(Fuzz.rest(data)));
    } catch (FormatException e) {
      return;
    }
    Fuzz.same(once, recoded.apply(once), "value");
  }
}
