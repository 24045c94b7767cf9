package org.malleposte.handover;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.malleposte.mail.QueueId;

/** Writes a message between nodes into one growing array. Not thread-safe. */
final class WireWriter {
  private byte[] bytes;
  private int size;

  WireWriter(int expectedBytes) {
    bytes = new byte[Math.max(64, expectedBytes)];
  }

  WireWriter u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  WireWriter i32(int value) {
    room(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  WireWriter i64(long value) {
    return i32((int) (value >>> 32)).i32((int) value);
  }

  WireWriter text(String value) {
    return block(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Length and bytes. */
  WireWriter block(byte[] value) {
    return block(value, 0, value.length);
  }

  WireWriter block(byte[] value, int from, int length) {
    i32(length);
    room(length);
    System.arraycopy(value, from, bytes, size, length);
    size += length;
    return this;
  }

  WireWriter id(QueueId id) {
    room(QueueId.LENGTH);
    for (int i = 0; i < QueueId.LENGTH; i++) {
      bytes[size++] = (byte) id.value().charAt(i);
    }
    return this;
  }

  byte[] done() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
