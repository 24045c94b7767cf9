package org.malleposte.shard;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.shard.ShardCommand.Undelete;

/**
 * Expunged messages that can still be brought back. They are in no mailbox and in no count; their
 * bodies stay until their time has come. Belongs to the applying thread.
 */
final class KeptMessages {
  /** Messages whose time has come that one entry drops: more than it usually may add. */
  private static final int DUE_PER_ENTRY = 64;

  /** Messages that one command brings back. */
  static final int RESTORED_AT_ONCE = 500;

  private final Repeats repeats;
  private final DueQueue due = new DueQueue(ShardKeys.KEPT_UNTIL);

  KeptMessages(Repeats repeats) {
    this.repeats = repeats;
  }

  void forget() {
    due.forget();
  }

  /** The mailbox that a message was in. */
  record From(long mailboxId, MailboxName name) {}

  /**
   * What is on disk of one.
   *
   * @param until when its time has come, of the log in milliseconds
   */
  private record Kept(MailboxName mailbox, long until, MessageRecord message) {
    static Kept decode(byte[] value) {
      var in = new RecordReader(value);
      return new Kept(ValueCodec.name(in), in.varint(), MessageRecord.decode(in.rest()));
    }

    byte[] encode() {
      var out = new RecordWriter(96);
      ValueCodec.name(out, mailbox);
      return out.varint(until).raw(message.encode()).toBytes();
    }
  }

  /** The message leaves its mailbox: it is kept for that long, or its body goes at once. */
  void expunged(
      EntryChanges changes,
      byte[] account,
      From from,
      long uid,
      MessageRecord message,
      long keepSeconds) {
    if (keepSeconds == 0) {
      Bodies.release(changes.keys(), account, message.blob(), message.sizeBytes());
      return;
    }
    long now = changes.timeMillis();
    long until = now + keepSeconds * 1000;
    byte[] key = ShardKeys.kept(account, now, from.mailboxId(), uid);
    changes.keys().put(key, new Kept(from.name(), until, message).encode());
    due.add(changes.keys(), until, what(account, key), new byte[0]);
  }

  // The key of the message and how much of it is the account.
  private static byte[] what(byte[] account, byte[] key) {
    return new RecordWriter(key.length + 2).varint(account.length).raw(key).toBytes();
  }

  /** Drops those whose time has come. Call it before the commands: it looks at what is written. */
  void collect(KeyValueStore store, EntryChanges changes) {
    for (int i = 0; i < DUE_PER_ENTRY; i++) {
      var first = due.first(store, changes.timeMillis());
      if (first.isEmpty()) {
        return;
      }
      var in = new RecordReader(first.get().key());
      in.part(1 + Long.BYTES);
      int accountBytes = in.count(Integer.MAX_VALUE);
      byte[] key = in.rest();
      var name = new RecordReader(key);
      name.u8();
      byte[] account = name.part(accountBytes).rest();
      changes
          .keys()
          .get(key)
          .map(Kept::decode)
          .ifPresent(
              kept -> {
                var message = kept.message();
                Bodies.release(changes.keys(), account, message.blob(), message.sizeBytes());
                changes.keys().delete(key);
              });
      changes.keys().delete(first.get().key());
      due.passed(first.get());
    }
  }

  /** One that is to be brought back. */
  private record Found(byte[] key, Kept kept) {}

  ShardAnswer undelete(EntryChanges changes, OpenAccount account, Undelete command) {
    var first = Repeats.find(changes.keys(), account, command.id(), command.part());
    if (first.isPresent()) {
      return first.get();
    }
    var found = find(changes, account, command.sinceMillis());
    var some = found.subList(0, Math.min(found.size(), RESTORED_AT_ONCE));
    some.forEach(one -> restore(changes, account, one));
    var answer = new ShardAnswer.Restored(some.size(), found.size() > some.size());
    repeats.remember(changes.keys(), account, command.id(), command.part(), answer);
    return answer;
  }

  // What this very entry expunges is not written yet: nobody can have meant it.
  private static List<Found> find(EntryChanges changes, OpenAccount account, long sinceMillis) {
    var found = new ArrayList<Found>();
    byte[] from = ShardKeys.kept(account.key(), sinceMillis, 0, 0);
    byte[] to = Keys.after(ShardKeys.ofAccount(ShardKeys.KEPT, account.key()));
    try (var cursor = changes.keys().written().scan(from, to)) {
      while (cursor.next() && found.size() <= RESTORED_AT_ONCE) {
        byte[] key = cursor.key();
        // Another command of this entry may have brought it back already.
        changes.keys().get(key).ifPresent(value -> found.add(new Found(key, Kept.decode(value))));
      }
    }
    return found;
  }

  private static void restore(EntryChanges changes, OpenAccount account, Found found) {
    var mailbox =
        account
            .mailbox(found.kept().mailbox())
            .or(() -> account.mailbox(MailboxName.INBOX))
            .orElseThrow();
    var message = found.kept().message();
    var flags = message.flags().without(Flags.of(Flags.DELETED));
    MessageCommands.add(
        changes,
        account,
        mailbox,
        message.cameAt(mailbox.nextModSeq(), flags, changes.timeMillis() / 1000));
    changes.keys().delete(found.key());
    byte[] what = what(account.key(), found.key());
    changes.keys().delete(ShardKeys.queued(ShardKeys.KEPT_UNTIL, found.kept().until(), what));
  }
}
