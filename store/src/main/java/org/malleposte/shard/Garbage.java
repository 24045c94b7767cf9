package org.malleposte.shard;

import java.util.Arrays;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;

/**
 * The messages of deleted mailboxes: out of sight at once, off the disk a few with each entry, so
 * that deleting a mailbox of 100,000 does not hold up the shard. Belongs to the applying thread.
 */
final class Garbage {
  /** Messages that one entry deletes. */
  static final int MESSAGES_PER_ENTRY = 256;

  private final DueQueue queue = new DueQueue(ShardKeys.GARBAGE);

  void forget() {
    queue.forget();
  }

  void add(EntryChanges changes, OpenAccount account, OpenMailbox mailbox) {
    byte[] id = new RecordWriter(16).fixed64(mailbox.id()).toBytes();
    byte[] what = new RecordWriter().raw(account.key()).raw(id).toBytes();
    queue.add(changes.keys(), changes.index(), what, resumeAt(1, mailbox.record().uidNext()));
  }

  private static byte[] resumeAt(long uid, long uidNext) {
    return new RecordWriter(20).varint(uid).varint(uidNext).toBytes();
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
    var progress = new RecordReader(due.get().value());
    long uid = progress.varint();
    long uidNext = progress.varint();
    long next = drop(store, changes.keys(), account, prefix, uid, uidNext);
    if (next < uidNext) {
      changes.keys().put(due.get().key(), resumeAt(next, uidNext));
    } else {
      changes.keys().delete(due.get().key());
      queue.passed(due.get());
    }
  }

  /** Returns where to go on. */
  private static long drop(
      KeyValueStore store,
      Overlay keys,
      byte[] account,
      byte[] prefix,
      long fromUid,
      long uidNext) {
    long mailboxId = lastLong(prefix);
    int dropped = 0;
    long blocksTo = uidNext;
    try (var cursor = store.scan(at(prefix, fromUid), at(prefix, uidNext))) {
      while (cursor.next()) {
        long uid = lastInt(cursor.key());
        if (dropped++ == MESSAGES_PER_ENTRY) {
          blocksTo = uid;
          break;
        }
        var message = MessageRecord.decode(cursor.value());
        keys.delete(cursor.key());
        keys.delete(ShardKeys.modSeq(account, mailboxId, message.modSeq(), uid));
        Bodies.release(keys, account, message.blob(), message.sizeBytes());
      }
    }
    dropBlocks(store, keys, account, mailboxId, fromUid, blocksTo, uidNext);
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
