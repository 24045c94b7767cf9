package org.malleposte.shard;

import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;

/**
 * A mailbox without its messages, with all its counters: nothing is ever counted by reading.
 *
 * @param use its special use, or empty
 * @param vanishedFrom what was expunged up to this MODSEQ is not known any more
 * @param vanishings how many keys tell what was expunged after it
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
    String use,
    long vanishedFrom,
    int vanishings,
    byte[] rest) {
  private static final byte[] NOTHING = {};

  /** Bytes of a special use. */
  static final int MAX_USE_BYTES = 64;

  /** The INBOX is always the first mailbox of an account. */
  static final long INBOX_ID = 1;

  static MailboxRecord empty(MailboxName name, long uidValidity, String use) {
    return new MailboxRecord(name, uidValidity, 1, 1, 0, 0, 0, 0, 1, use, 1, 0, NOTHING);
  }

  static MailboxRecord decode(byte[] value) {
    var in = new RecordReader(value);
    var name = ValueCodec.name(in);
    long uidValidity = in.varint();
    long uidNext = in.varint();
    long modSeq = in.varint();
    int messages = in.count(Integer.MAX_VALUE);
    int unseen = in.count(Integer.MAX_VALUE);
    int deleted = in.count(Integer.MAX_VALUE);
    long sizeBytes = in.varint();
    long recentFrom = in.varint();
    boolean old = in.remaining() == 0; // format 1.0 did not note what was expunged
    return new MailboxRecord(
        name,
        uidValidity,
        uidNext,
        modSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recentFrom,
        old ? "" : in.text(MAX_USE_BYTES),
        old ? modSeq : in.varint(),
        old ? 0 : in.count(Integer.MAX_VALUE),
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
        .text(use)
        .varint(vanishedFrom)
        .varint(vanishings)
        .raw(rest)
        .toBytes();
  }

  MailboxRecord withName(MailboxName other) {
    return new MailboxRecord(
        other,
        uidValidity,
        uidNext,
        modSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recentFrom,
        use,
        vanishedFrom,
        vanishings,
        rest);
  }

  MailboxRecord withUidValidity(long other) {
    return new MailboxRecord(
        name,
        other,
        uidNext,
        modSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recentFrom,
        use,
        vanishedFrom,
        vanishings,
        rest);
  }

  MailboxRecord withNumbers(long nextUid, long nextModSeq, long recent) {
    return new MailboxRecord(
        name,
        uidValidity,
        nextUid,
        nextModSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recent,
        use,
        vanishedFrom,
        vanishings,
        rest);
  }

  MailboxRecord withCounted(int more, int moreUnseen, int moreDeleted, long moreBytes) {
    return new MailboxRecord(
        name,
        uidValidity,
        uidNext,
        modSeq,
        messages + more,
        unseen + moreUnseen,
        deleted + moreDeleted,
        sizeBytes + moreBytes,
        recentFrom,
        use,
        vanishedFrom,
        vanishings,
        rest);
  }

  MailboxRecord withVanished(long from, int keys) {
    return new MailboxRecord(
        name,
        uidValidity,
        uidNext,
        modSeq,
        messages,
        unseen,
        deleted,
        sizeBytes,
        recentFrom,
        use,
        from,
        keys,
        rest);
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
        subscribed,
        use);
  }
}
