package org.malleposte.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link RecordWriter} wrote. Takes any bytes: what cannot be a record is a {@link
 * FormatException}, and nothing is allocated that the bytes at hand could not fill. Not
 * thread-safe.
 */
public final class RecordReader {
  private static final byte[] NOTHING = {};

  private final byte[] bytes;
  private final int end;
  private int at;

  public RecordReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private RecordReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  public int u8() {
    require(1);
    return bytes[at++] & 0xff;
  }

  public long fixed32() {
    require(4);
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | bytes[at++] & 0xff;
    }
    return value;
  }

  public long fixed64() {
    require(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | bytes[at++] & 0xff;
    }
    return value;
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        if (shift == 63 && b > 1) {
          break;
        }
        return value;
      }
    }
    throw new FormatException("number over 64 bits");
  }

  /** A count or a length: not over {@code max}, or the record is refused. */
  public int count(int max) {
    long value = varint();
    if (value < 0 || value > max) {
      throw new FormatException("count " + Long.toUnsignedString(value) + " over " + max);
    }
    return (int) value;
  }

  public byte[] bytes(int maxBytes) {
    int length = count(maxBytes);
    require(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  public String text(int maxBytes) {
    int length = count(maxBytes);
    require(length);
    at += length;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, at - length, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new FormatException("text is not UTF-8", e);
    }
  }

  public boolean flag() {
    int value = u8();
    if (value > 1) {
      throw new FormatException("flag is " + value);
    }
    return value == 1;
  }

  /** A reader of the next {@code length} bytes, which this one skips. */
  public RecordReader part(long length) {
    if (length < 0 || length > end - at) {
      throw new FormatException("record ends early");
    }
    at += (int) length;
    return new RecordReader(bytes, at - (int) length, at);
  }

  /** All that has not been read: fields of a newer version, to be kept when rewriting. */
  public byte[] rest() {
    byte[] rest = at == end ? NOTHING : Arrays.copyOfRange(bytes, at, end);
    at = end;
    return rest;
  }

  /** How many bytes have not been read. */
  public int remaining() {
    return end - at;
  }

  private void require(int length) {
    if (length > end - at) {
      throw new FormatException("record ends early");
    }
  }
}
