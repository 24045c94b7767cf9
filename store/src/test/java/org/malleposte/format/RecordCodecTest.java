package org.malleposte.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  @Test
  void whatIsWrittenIsRead() {
    byte[] record =
        new RecordWriter()
            .u8(200)
            .fixed32(0xfedcba98L)
            .fixed64(-2)
            .text("pâté")
            .bytes(new byte[] {1, 2, 3})
            .flag(true)
            .raw(new byte[] {9, 8})
            .toBytes();
    var reader = new RecordReader(record);
    assertThat(reader.u8()).isEqualTo(200);
    assertThat(reader.fixed32()).isEqualTo(0xfedcba98L);
    assertThat(reader.fixed64()).isEqualTo(-2);
    assertThat(reader.text(100)).isEqualTo("pâté");
    assertThat(reader.bytes(3)).containsExactly(1, 2, 3);
    assertThat(reader.flag()).isTrue();
    assertThat(reader.remaining()).isEqualTo(2);
    assertThat(reader.rest()).containsExactly(9, 8);
    assertThat(reader.rest()).isEmpty();
  }

  @Test
  void numbersOfAllSizesAreRead() {
    var random = new Random(7);
    for (int bits = 0; bits <= 64; bits++) {
      for (int i = 0; i < 20; i++) {
        long value = bits == 0 ? 0 : random.nextLong() >>> 64 - bits;
        byte[] record = new RecordWriter().varint(value).toBytes();
        assertThat(new RecordReader(record).varint()).isEqualTo(value);
        assertThat(record.length)
            .isEqualTo(Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7));
      }
    }
  }

  @Test
  void fixedNumbersSortAsTheyCount() {
    byte[] small = new RecordWriter().fixed64(255).toBytes();
    byte[] large = new RecordWriter().fixed64(-1).toBytes();
    assertThat(Arrays.compareUnsigned(small, large)).isNegative();
  }

  @Test
  void limitsAndLiesAreRefused() {
    byte[] text = new RecordWriter().text("abcd").toBytes();
    assertThatThrownBy(() -> new RecordReader(text).text(3)).isInstanceOf(FormatException.class);
    // Announces 2^31 bytes and has two: must not be allocated.
    byte[] liar = new RecordWriter().varint(1L << 31).u8(1).u8(2).toBytes();
    assertThatThrownBy(() -> new RecordReader(liar).bytes(Integer.MAX_VALUE))
        .isInstanceOf(FormatException.class);
    byte[] early = new RecordWriter().varint(100).u8(1).toBytes();
    assertThatThrownBy(() -> new RecordReader(early).bytes(1000))
        .isInstanceOf(FormatException.class)
        .hasMessage("record ends early");
    byte[] notText = new RecordWriter().bytes(new byte[] {(byte) 0xff}).toBytes();
    assertThatThrownBy(() -> new RecordReader(notText).text(10))
        .isInstanceOf(FormatException.class);
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0xff);
    assertThatThrownBy(() -> new RecordReader(endless).varint())
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> new RecordReader(new byte[] {2}).flag())
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> new RecordReader(new byte[3]).part(4))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aPartEndsWhereItSays() {
    byte[] record = new RecordWriter().u8(1).u8(2).u8(3).toBytes();
    var reader = new RecordReader(record);
    var part = reader.part(2);
    assertThat(part.u8()).isEqualTo(1);
    assertThat(part.u8()).isEqualTo(2);
    assertThatThrownBy(part::u8).isInstanceOf(FormatException.class);
    assertThat(reader.u8()).isEqualTo(3);
  }
}
