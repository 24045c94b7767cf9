package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;

/**
 * What is kept of an account beside its mailboxes.
 *
 * @param nextMailboxId ids are never used again
 * @param lastUidValidity the highest given so far, so that none is given twice
 * @param subscriptions how many names
 * @param properties how many
 * @param propertyBytes of all of them, keys included
 * @param rest fields of a newer version
 */
record AccountRecord(
    long nextMailboxId,
    long lastUidValidity,
    int subscriptions,
    int properties,
    long propertyBytes,
    byte[] rest) {
  private static final byte[] NOTHING = {};

  /** Of an account that nobody has used: it has an INBOX nevertheless. */
  static AccountRecord unused(long inboxUidValidity) {
    return new AccountRecord(MailboxRecord.INBOX_ID + 1, inboxUidValidity, 0, 0, 0, NOTHING);
  }

  static AccountRecord decode(byte[] value) {
    var in = new RecordReader(value);
    long nextMailboxId = in.varint();
    long lastUidValidity = in.varint();
    int subscriptions = in.count(Integer.MAX_VALUE);
    return in.remaining() == 0 // of format 1.0
        ? new AccountRecord(nextMailboxId, lastUidValidity, subscriptions, 0, 0, NOTHING)
        : new AccountRecord(
            nextMailboxId,
            lastUidValidity,
            subscriptions,
            in.count(Integer.MAX_VALUE),
            in.varint(),
            in.rest());
  }

  byte[] encode() {
    return new RecordWriter(32)
        .varint(nextMailboxId)
        .varint(lastUidValidity)
        .varint(subscriptions)
        .varint(properties)
        .varint(propertyBytes)
        .raw(rest)
        .toBytes();
  }

  /** With the next mailbox made. */
  AccountRecord withMailbox(long uidValidity) {
    return new AccountRecord(
        nextMailboxId + 1, uidValidity, subscriptions, properties, propertyBytes, rest);
  }

  AccountRecord withUidValidity(long uidValidity) {
    return new AccountRecord(
        nextMailboxId,
        Math.max(lastUidValidity, uidValidity),
        subscriptions,
        properties,
        propertyBytes,
        rest);
  }

  AccountRecord withSubscriptions(int more) {
    return new AccountRecord(
        nextMailboxId, lastUidValidity, subscriptions + more, properties, propertyBytes, rest);
  }

  AccountRecord withProperties(int more, long moreBytes) {
    return new AccountRecord(
        nextMailboxId,
        lastUidValidity,
        subscriptions,
        properties + more,
        propertyBytes + moreBytes,
        rest);
  }
}
