package org.malleposte.handover;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.mail.QueueId;

/** Reads what {@link WireWriter} wrote. Anything else is an {@link IllegalArgumentException}. */
final class WireReader {
  private final ByteBuffer bytes;

  WireReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  int u8() {
    need(1);
    return bytes.get() & 0xff;
  }

  int i32() {
    need(4);
    return bytes.getInt();
  }

  long i64() {
    need(8);
    return bytes.getLong();
  }

  String text() {
    return new String(block(), StandardCharsets.UTF_8);
  }

  byte[] block() {
    int length = i32();
    need(length);
    var block = new byte[length];
    bytes.get(block);
    return block;
  }

  QueueId id() {
    need(QueueId.LENGTH);
    var text = new byte[QueueId.LENGTH];
    bytes.get(text);
    return new QueueId(new String(text, StandardCharsets.ISO_8859_1));
  }

  List<QueueId> ids() {
    int count = count(QueueId.LENGTH);
    var ids = new ArrayList<QueueId>(count);
    for (int i = 0; i < count; i++) {
      ids.add(id());
    }
    return ids;
  }

  /** A number of items that have at least so many bytes each: what is left bounds it. */
  int count(int leastBytes) {
    int count = i32();
    if (count < 0 || (long) count * leastBytes > bytes.remaining()) {
      throw new IllegalArgumentException("message between nodes names " + count + " items");
    }
    return count;
  }

  private void need(int count) {
    if (count < 0 || count > bytes.remaining()) {
      throw new IllegalArgumentException(
          "message between nodes is cut off", new BufferUnderflowException());
    }
  }
}
