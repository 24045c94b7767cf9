package org.malleposte.shard;

import java.util.Optional;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.UidSet;

/**
 * A mailbox that entries are working on. Changes messages and counters together; what it changes
 * goes into the {@link Overlay}, its own record only at the end of the entry. Belongs to the
 * applying thread.
 */
final class OpenMailbox {
  private final long id;
  private final byte[] account;
  private final UidBlocks blocks;
  private MailboxRecord record;

  OpenMailbox(byte[] account, long id, MailboxRecord record) {
    this.account = account;
    this.id = id;
    this.record = record;
    blocks = new UidBlocks(account, id);
  }

  long id() {
    return id;
  }

  MailboxName name() {
    return record.name();
  }

  MailboxRecord record() {
    return record;
  }

  /** The MODSEQ for a change that is about to be made: one command, one step (RFC 7162 §3.1). */
  long nextModSeq() {
    return record.modSeq() + 1;
  }

  void rename(MailboxName name) {
    record = record.withName(name);
  }

  /** What it had elsewhere: before its first message. */
  void renumber(long uidValidity) {
    record = record.withUidValidity(uidValidity);
  }

  /** All messages are some session's recent ones now. */
  void claimRecent() {
    record = record.withNumbers(record.uidNext(), record.modSeq(), record.uidNext());
  }

  UidBlocks.Found find(Overlay changes, UidSet wanted, int max) {
    return blocks.find(changes, wanted, record.uidNext(), max);
  }

  Optional<MessageRecord> message(Overlay changes, long uid) {
    return changes.get(ShardKeys.message(account, id, uid)).map(MessageRecord::decode);
  }

  /** Gives the message the next UID. Its MODSEQ becomes the mailbox's. */
  long add(Overlay changes, MessageRecord message) {
    return add(changes, record.uidNext(), message);
  }

  /** Gives the message a UID that is not below UIDNEXT. */
  long add(Overlay changes, long uid, MessageRecord message) {
    changes.put(ShardKeys.message(account, id, uid), message.encode());
    changes.put(ShardKeys.modSeq(account, id, message.modSeq(), uid), NO_VALUE);
    blocks.add(changes, uid);
    count(uid + 1, message.modSeq(), message, 1);
    return uid;
  }

  void remove(Overlay changes, long uid, MessageRecord message, long modSeq) {
    changes.delete(ShardKeys.message(account, id, uid));
    changes.delete(ShardKeys.modSeq(account, id, message.modSeq(), uid));
    blocks.remove(changes, uid);
    count(record.uidNext(), modSeq, message, -1);
  }

  /** Notes which messages were removed at a MODSEQ, for those who ask later (RFC 7162). */
  void vanished(Overlay changes, UidSet uids, long modSeq) {
    record =
        Vanishings.note(
                changes,
                account,
                id,
                new Vanishings.State(record.vanishedFrom(), record.vanishings()),
                uids,
                modSeq)
            .in(record);
  }

  void replace(Overlay changes, long uid, MessageRecord before, MessageRecord after) {
    changes.put(ShardKeys.message(account, id, uid), after.encode());
    changes.delete(ShardKeys.modSeq(account, id, before.modSeq(), uid));
    changes.put(ShardKeys.modSeq(account, id, after.modSeq(), uid), NO_VALUE);
    count(record.uidNext(), after.modSeq(), before, -1);
    count(record.uidNext(), after.modSeq(), after, 1);
  }

  void flush(Overlay changes) {
    blocks.flush(changes);
    changes.put(ShardKeys.ofMailbox(ShardKeys.MAILBOX, account, id), record.encode());
  }

  private static final byte[] NO_VALUE = {};

  private void count(long uidNext, long modSeq, MessageRecord message, int sign) {
    record =
        record
            .withNumbers(uidNext, modSeq, record.recentFrom())
            .withCounted(
                sign,
                message.flags().has(Flags.SEEN) ? 0 : sign,
                message.flags().has(Flags.DELETED) ? sign : 0,
                sign * message.sizeBytes());
  }
}
