package org.malleposte.shard;

import java.time.Instant;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.Message;

/**
 * A message in a mailbox; its UID is in the key.
 *
 * @param savedSeconds when it came into this mailbox, by the log's time
 * @param rest fields of a newer version
 */
record MessageRecord(
    long modSeq,
    Flags flags,
    long dateSeconds,
    long sizeBytes,
    String blob,
    long savedSeconds,
    byte[] rest) {
  private static final byte[] NOTHING = {};

  MessageRecord(
      long modSeq, Flags flags, long dateSeconds, long sizeBytes, String blob, long savedSeconds) {
    this(modSeq, flags, dateSeconds, sizeBytes, blob, savedSeconds, NOTHING);
  }

  static MessageRecord decode(byte[] value) {
    var in = new RecordReader(value);
    long modSeq = in.varint();
    var flags = ValueCodec.flags(in);
    long dateSeconds = ValueCodec.signed(in);
    long sizeBytes = in.varint();
    String blob = in.text(ValueCodec.MAX_BLOB_BYTES);
    // Format 1.0 did not note it; the date of arrival is as near as we come.
    long savedSeconds = in.remaining() == 0 ? dateSeconds : ValueCodec.signed(in);
    return new MessageRecord(modSeq, flags, dateSeconds, sizeBytes, blob, savedSeconds, in.rest());
  }

  byte[] encode() {
    var out = new RecordWriter(56).varint(modSeq);
    ValueCodec.flags(out, flags);
    ValueCodec.signed(out, dateSeconds);
    out.varint(sizeBytes).text(blob);
    ValueCodec.signed(out, savedSeconds);
    return out.raw(rest).toBytes();
  }

  MessageRecord with(long newModSeq, Flags newFlags) {
    return new MessageRecord(newModSeq, newFlags, dateSeconds, sizeBytes, blob, savedSeconds, rest);
  }

  /** The same message as it comes into a mailbox. */
  MessageRecord cameAt(long newModSeq, Flags newFlags, long seconds) {
    return new MessageRecord(newModSeq, newFlags, dateSeconds, sizeBytes, blob, seconds, rest);
  }

  Message toMessage(long uid) {
    return new Message(
        uid,
        modSeq,
        flags,
        Instant.ofEpochSecond(dateSeconds),
        sizeBytes,
        blob,
        Instant.ofEpochSecond(savedSeconds));
  }
}
