package org.malleposte.shard;

import java.util.Arrays;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.mailbox.MailboxName;

/**
 * The messages of deleted mailboxes: out of sight at once, off the disk a few with each entry, so
 * that deleting a mailbox of 100,000 does not hold up the shard. Belongs to the applying thread.
 */
final class Garbage {
  /** Messages that one entry deletes. */
  static final int MESSAGES_PER_ENTRY = 256;

  private final DueQueue queue = new DueQueue(ShardKeys.GARBAGE);
  private final KeptMessages kept;

  Garbage(KeptMessages kept) {
    this.kept = kept;
  }

  void forget() {
    queue.forget();
  }

  /**
   * @param keepSeconds how long its messages can be brought back
   */
  void add(EntryChanges changes, OpenAccount account, OpenMailbox mailbox, long keepSeconds) {
    byte[] id = new RecordWriter(16).fixed64(mailbox.id()).toBytes();
    byte[] what = new RecordWriter().raw(account.key()).raw(id).toBytes();
    var left = new Left(1, mailbox.record().uidNext(), keepSeconds, mailbox.name());
    queue.add(changes.keys(), changes.index(), what, left.encode());
  }

  /**
   * How far it has come.
   *
   * @param uid of the next message to drop
   * @param keepSeconds 0 in format 1.0, which did not know it
   */
  private record Left(long uid, long uidNext, long keepSeconds, MailboxName name) {
    static Left decode(byte[] value) {
      var in = new RecordReader(value);
      long uid = in.varint();
      long uidNext = in.varint();
      return in.remaining() == 0
          ? new Left(uid, uidNext, 0, MailboxName.INBOX)
          : new Left(uid, uidNext, in.varint(), ValueCodec.name(in));
    }

    byte[] encode() {
      var out = new RecordWriter(48).varint(uid).varint(uidNext).varint(keepSeconds);
      ValueCodec.name(out, name);
      return out.toBytes();
    }

    Left from(long next) {
      return new Left(next, uidNext, keepSeconds, name);
    }
  }

  /** Deletes a few. Call it before the commands: it looks at what is written. */
  void collect(KeyValueStore store, EntryChanges changes) {
    var due = queue.first(store, Long.MAX_VALUE);
    if (due.isEmpty()) {
      return;
    }
    var name = new RecordReader(due.get().key());
    name.part(1 + Long.BYTES);
    byte[] what = name.rest();
    byte[] account = Arrays.copyOf(what, what.length - Long.BYTES);
    byte[] prefix = ShardKeys.ofAccount(ShardKeys.MESSAGE, what);
    var left = Left.decode(due.get().value());
    long next = drop(store, changes, account, prefix, left);
    if (next < left.uidNext()) {
      changes.keys().put(due.get().key(), left.from(next).encode());
    } else {
      Vanishings.drop(store, changes.keys(), account, lastLong(prefix));
      changes.keys().delete(due.get().key());
      queue.passed(due.get());
    }
  }

  /** Returns where to go on. */
  private long drop(
      KeyValueStore store, EntryChanges changes, byte[] account, byte[] prefix, Left left) {
    var keys = changes.keys();
    var from = new KeptMessages.From(lastLong(prefix), left.name());
    int dropped = 0;
    long blocksTo = left.uidNext();
    try (var cursor = store.scan(at(prefix, left.uid()), at(prefix, left.uidNext()))) {
      while (cursor.next()) {
        long uid = lastInt(cursor.key());
        if (dropped++ == MESSAGES_PER_ENTRY) {
          blocksTo = uid;
          break;
        }
        var message = MessageRecord.decode(cursor.value());
        keys.delete(cursor.key());
        keys.delete(ShardKeys.modSeq(account, from.mailboxId(), message.modSeq(), uid));
        kept.expunged(changes, account, from, uid, message, left.keepSeconds());
      }
    }
    dropBlocks(store, keys, account, from.mailboxId(), left.uid(), blocksTo, left.uidNext());
    return blocksTo;
  }

  private static void dropBlocks(
      KeyValueStore store,
      Overlay keys,
      byte[] account,
      long mailboxId,
      long fromUid,
      long toUid,
      long uidNext) {
    // The block in which the next entry goes on stays until that has passed it.
    long end = toUid == uidNext ? uidNext / UidBlocks.UIDS + 1 : toUid / UidBlocks.UIDS;
    byte[] from = ShardKeys.uidBlock(account, mailboxId, fromUid / UidBlocks.UIDS);
    try (var cursor = store.scan(from, ShardKeys.uidBlock(account, mailboxId, end))) {
      while (cursor.next()) {
        keys.delete(cursor.key());
      }
    }
  }

  private static byte[] at(byte[] prefix, long uid) {
    return new RecordWriter(prefix.length + 4).raw(prefix).fixed32(uid).toBytes();
  }

  private static long lastLong(byte[] key) {
    var in = new RecordReader(key);
    in.part(key.length - Long.BYTES);
    return in.fixed64();
  }

  private static long lastInt(byte[] key) {
    var in = new RecordReader(key);
    in.part(key.length - Integer.BYTES);
    return in.fixed32();
  }
}
