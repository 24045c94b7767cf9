package org.malleposte.shard;

import java.time.Instant;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.Message;

/**
 * A message in a mailbox; its UID is in the key.
 *
 * @param rest fields of a newer version
 */
record MessageRecord(
    long modSeq, Flags flags, long dateSeconds, long sizeBytes, String blob, byte[] rest) {
  private static final byte[] NOTHING = {};

  MessageRecord(long modSeq, Flags flags, long dateSeconds, long sizeBytes, String blob) {
    this(modSeq, flags, dateSeconds, sizeBytes, blob, NOTHING);
  }

  static MessageRecord decode(byte[] value) {
    var in = new RecordReader(value);
    return new MessageRecord(
        in.varint(),
        ValueCodec.flags(in),
        ValueCodec.signed(in),
        in.varint(),
        in.text(ValueCodec.MAX_BLOB_BYTES),
        in.rest());
  }

  byte[] encode() {
    var out = new RecordWriter(48).varint(modSeq);
    ValueCodec.flags(out, flags);
    ValueCodec.signed(out, dateSeconds);
    return out.varint(sizeBytes).text(blob).raw(rest).toBytes();
  }

  MessageRecord with(long newModSeq, Flags newFlags) {
    return new MessageRecord(newModSeq, newFlags, dateSeconds, sizeBytes, blob, rest);
  }

  Message toMessage(long uid) {
    return new Message(uid, modSeq, flags, Instant.ofEpochSecond(dateSeconds), sizeBytes, blob);
  }
}
