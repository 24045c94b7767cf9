package org.malleposte.shard;

import java.util.ArrayList;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.Keys;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;

/**
 * The log of what was expunged from a mailbox: a key for each MODSEQ at which something was, with
 * the UIDs. Bounded: the oldest half is forgotten when it is full, and who asks from before that is
 * told so.
 */
final class Vanishings {
  /** Keys of a mailbox; each is one command's expunges. */
  static final int MAX_KEYS = 4096;

  private Vanishings() {}

  /** How the log stands. */
  record State(long from, int keys) {
    MailboxRecord in(MailboxRecord record) {
      return record.withVanished(from, keys);
    }
  }

  /** Adds to the log. Belongs to the applying thread. */
  static State note(
      Overlay changes, byte[] account, long mailboxId, State before, UidSet uids, long modSeq) {
    var value = new RecordWriter(24);
    ValueCodec.uids(value, uids);
    changes.put(ShardKeys.vanished(account, mailboxId, modSeq), value.toBytes());
    int keys = before.keys() + 1;
    return keys < MAX_KEYS
        ? new State(before.from(), keys)
        : forgetHalf(changes, account, mailboxId, new State(before.from(), keys));
  }

  // What this entry itself has added is not written yet, and is not among the oldest.
  private static State forgetHalf(Overlay changes, byte[] account, long mailboxId, State before) {
    long from = before.from();
    int forgotten = 0;
    byte[] prefix = ShardKeys.ofMailbox(ShardKeys.VANISHED, account, mailboxId);
    try (var cursor = changes.written().scan(prefix, Keys.after(prefix))) {
      while (forgotten < MAX_KEYS / 2 && cursor.next()) {
        from = modSeqOf(cursor.key());
        changes.delete(cursor.key());
        forgotten++;
      }
    }
    return new State(from, before.keys() - forgotten);
  }

  /** All of the log of a mailbox that is gone: it has no more than the bound. */
  static void drop(KeyValueStore written, Overlay changes, byte[] account, long mailboxId) {
    byte[] prefix = ShardKeys.ofMailbox(ShardKeys.VANISHED, account, mailboxId);
    try (var cursor = written.scan(prefix, Keys.after(prefix))) {
      while (cursor.next()) {
        changes.delete(cursor.key());
      }
    }
  }

  /** What vanished after {@code modSeq}. Beside the applying thread. */
  static Vanished after(
      KeyValueStore store, byte[] account, long mailboxId, long modSeq, MailboxRecord record) {
    if (modSeq < record.vanishedFrom()) {
      return new Vanished.Forgotten();
    }
    byte[] from = ShardKeys.vanished(account, mailboxId, modSeq + 1);
    byte[] to = Keys.after(ShardKeys.ofMailbox(ShardKeys.VANISHED, account, mailboxId));
    var ranges = new ArrayList<UidSet.Range>();
    try (var cursor = store.scan(from, to)) {
      while (cursor.next()) {
        var in = new RecordReader(cursor.value());
        ranges.addAll(ValueCodec.uids(in, ShardCommand.MAX_MESSAGES).ranges());
      }
    }
    return new Vanished.Known(new UidSet(ranges));
  }

  private static long modSeqOf(byte[] key) {
    var in = new RecordReader(key);
    in.part(key.length - Long.BYTES);
    return in.fixed64();
  }
}
