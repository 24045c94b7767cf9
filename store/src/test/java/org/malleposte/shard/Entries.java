package org.malleposte.shard;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.shard.ShardCommand.Body;

/** Makes log entries of one proposer, and applies them. */
final class Entries {
  static final AccountName ALICE = new AccountName("alice");
  private static final RocksKeyValueStore.Tuning SMALL =
      new RocksKeyValueStore.Tuning(1 << 20, 1 << 20);

  private final byte[] session = new byte[ShardCommand.Entry.SESSION_BYTES];
  static final Instant FOUNDED = Instant.ofEpochSecond(1_750_000_000);

  private final Random random;
  private long sequence;
  private long index = -1;
  long timeMillis = 1_800_000_000_000L;

  Entries(long seed) {
    random = new Random(seed);
    random.nextBytes(session);
  }

  static ShardState open(Path directory) {
    return open(directory, FOUNDED);
  }

  static ShardState open(Path directory, Instant founded) {
    return ShardState.open(
        directory, 1, new ShardMap(1), founded, path -> RocksKeyValueStore.open(path, SMALL));
  }

  QueueId id() {
    return QueueId.create(Instant.ofEpochMilli(timeMillis), random);
  }

  ShardCommand.Append append(QueueId id, Body body) {
    return new ShardCommand.Append(id, ALICE, MailboxName.INBOX, Flags.NONE, 1_780_000_000, body);
  }

  ShardCommand.Append append(String body) {
    return append(id(), new Body.Inline(body.getBytes()));
  }

  byte[] encode(ShardCommand... commands) {
    return encode(List.of(commands));
  }

  byte[] encode(List<ShardCommand> commands) {
    var frames = commands.stream().map(EntryCodec::frame).toList();
    return EntryCodec.entry(session, sequence++, timeMillis, frames);
  }

  long nextIndex() {
    return ++index;
  }

  /** Applies an entry of these commands, at the next index. */
  List<ShardAnswer> apply(ShardState state, ShardCommand... commands) {
    return answers(state.apply(1, nextIndex(), encode(commands)));
  }

  ShardAnswer applyOne(ShardState state, ShardCommand command) {
    return apply(state, command).getFirst();
  }

  static List<ShardAnswer> answers(byte[] bytes) {
    return switch (AnswerCodec.decodeEntry(bytes)) {
      case ShardAnswer.OfEntry.Answers(var answers) -> answers;
      case ShardAnswer.OfEntry.Malformed _, ShardAnswer.OfEntry.Outdated _ ->
          throw new AssertionError("no answers");
    };
  }

  /** Entries without commands: what is collected with each entry goes on. */
  void pass(ShardState state, int count) {
    for (int i = 0; i < count; i++) {
      apply(state);
    }
  }
}
