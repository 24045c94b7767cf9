package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;

/**
 * A mailbox without its messages, with all its counters: nothing is ever counted by reading.
 *
 * @param rest fields of a newer version
 */
record MailboxRecord(
    MailboxName name,
    long uidValidity,
    long uidNext,
    long modSeq,
    int messages,
    int unseen,
    int deleted,
    long sizeBytes,
    long recentFrom,
    byte[] rest) {
  private static final byte[] NOTHING = {};

  /** The INBOX is always the first mailbox of an account. */
  static final long INBOX_ID = 1;

  static MailboxRecord empty(MailboxName name, long uidValidity) {
    return new MailboxRecord(name, uidValidity, 1, 1, 0, 0, 0, 0, 1, NOTHING);
  }

  static MailboxRecord decode(byte[] value) {
    var in = new RecordReader(value);
    return new MailboxRecord(
        ValueCodec.name(in),
        in.varint(),
        in.varint(),
        in.varint(),
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.varint(),
        in.varint(),
        in.rest());
  }

  byte[] encode() {
    var out = new RecordWriter(96);
    ValueCodec.name(out, name);
    return out.varint(uidValidity)
        .varint(uidNext)
        .varint(modSeq)
        .varint(messages)
        .varint(unseen)
        .varint(deleted)
        .varint(sizeBytes)
        .varint(recentFrom)
        .raw(rest)
        .toBytes();
  }

  MailboxInfo toInfo(long id, boolean subscribed) {
    return new MailboxInfo(
        id,
        name,
        uidValidity,
        uidNext,
        modSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recentFrom,
        subscribed);
  }
}
