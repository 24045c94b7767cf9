package org.malleposte.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the fields of a record one after the other; {@link RecordReader} reads them in the same
 * order. New fields go to the end, so that older code can skip them. Not thread-safe.
 */
public final class RecordWriter {
  private static final int MAX_SIZE_BYTES = Integer.MAX_VALUE - 16;

  private byte[] bytes;
  private int size;

  public RecordWriter() {
    this(64);
  }

  /**
   * @param sizeBytes of the finished record, about
   */
  public RecordWriter(int sizeBytes) {
    bytes = new byte[Math.max(16, sizeBytes)];
  }

  public RecordWriter u8(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Four bytes, the highest first: sorts as it counts. */
  public RecordWriter fixed32(long value) {
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Eight bytes, the highest first: sorts as it counts, unsigned. */
  public RecordWriter fixed64(long value) {
    reserve(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** One to ten bytes of seven bits each, the lowest first; small values are short. Unsigned. */
  public RecordWriter varint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** Length, then the bytes. */
  public RecordWriter bytes(byte[] value) {
    varint(value.length);
    return raw(value);
  }

  /** UTF-8, with its length before it. */
  public RecordWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public RecordWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  /** The bytes alone: the last field of a record, or fields that an older version kept unread. */
  public RecordWriter raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  /** How many bytes have been written. */
  public int sizeBytes() {
    return size;
  }

  public byte[] toBytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      if (more > MAX_SIZE_BYTES - size) {
        throw new IllegalArgumentException("record over " + MAX_SIZE_BYTES + " bytes");
      }
      long doubled = Math.min(2L * bytes.length, MAX_SIZE_BYTES);
      bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, size + more));
    }
  }
}
