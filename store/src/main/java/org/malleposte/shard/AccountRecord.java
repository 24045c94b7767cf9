package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;

/**
 * What is kept of an account beside its mailboxes.
 *
 * @param nextMailboxId ids are never used again
 * @param lastUidValidity the highest given so far, so that none is given twice
 * @param subscriptions how many names
 * @param rest fields of a newer version
 */
record AccountRecord(long nextMailboxId, long lastUidValidity, int subscriptions, byte[] rest) {
  private static final byte[] NOTHING = {};

  /** Of an account that nobody has used: it has an INBOX nevertheless. */
  static AccountRecord unused(long inboxUidValidity) {
    return new AccountRecord(MailboxRecord.INBOX_ID + 1, inboxUidValidity, 0, NOTHING);
  }

  static AccountRecord decode(byte[] value) {
    var in = new RecordReader(value);
    return new AccountRecord(in.varint(), in.varint(), in.count(Integer.MAX_VALUE), in.rest());
  }

  byte[] encode() {
    return new RecordWriter(32)
        .varint(nextMailboxId)
        .varint(lastUidValidity)
        .varint(subscriptions)
        .raw(rest)
        .toBytes();
  }
}
