package org.malleposte.line;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.line.MessageDecoder.Progress;

class ChunkDecoderTest {
  private static final int LINE_MAX = 20;

  private record Decoded(String text, boolean bare, boolean tooLong, boolean eightBit) {}

  /** The chunks one after the other, each in pieces of random size. */
  private static Decoded decode(long seed, String... chunks) {
    var random = new Random(seed);
    var decoder = new ChunkDecoder(LINE_MAX, false);
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < chunks.length; i++) {
      boolean last = i == chunks.length - 1;
      byte[] wire = (chunks[i] + "NOOP\r\n").getBytes(ISO_8859_1);
      decoder.begin(chunks[i].length(), last);
      int at = 0;
      var progress =
          decoder.isEnded() ? decoder.decode(ByteBuffer.allocate(0), out::write) : Progress.PARTIAL;
      while (progress == Progress.PARTIAL) {
        int count = Math.min(wire.length - at, 1 + random.nextInt(5));
        var input = ByteBuffer.wrap(wire, at, count);
        progress = decoder.decode(input, out::write);
        at = input.position();
      }
      assertThat(progress).isEqualTo(last ? Progress.ENDED : Progress.CHUNK_ENDED);
      assertThat(at).as("octets taken").isEqualTo(chunks[i].length());
    }
    return new Decoded(
        out.toString(ISO_8859_1),
        decoder.sawBareEndOfLine(),
        decoder.sawLineTooLong(),
        decoder.sawEightBit());
  }

  private static Decoded decode(String... chunks) {
    var first = decode(1, chunks);
    for (long seed = 2; seed < 20; seed++) {
      assertThat(decode(seed, chunks)).isEqualTo(first);
    }
    return first;
  }

  @Test
  void chunksAreTakenByteForByte() {
    assertThat(decode("a\r\n", "", ".\r\n", "..b\u00e9\r\n"))
        .isEqualTo(new Decoded("a\r\n.\r\n..b\u00e9\r\n", false, false, true));
    assertThat(decode("").text()).isEmpty();
  }

  @Test
  void aLineMayEndInTheNextChunk() {
    assertThat(decode("a\r", "\nb\r", "\n").bare()).isFalse();
    assertThat(decode("0123456789", "01234567\r\n").tooLong()).isFalse();
    assertThat(decode("0123456789", "012345678\r\n").tooLong()).isTrue();
  }

  @Test
  void bareEndsOfLineAreSeenWhereverTheyAre() {
    for (String text : new String[] {"\na", "a\nb", "a\rb", "a\r", "\r\r\n", "a\r\n\n"}) {
      assertThat(decode(text).bare()).as(text).isTrue();
      for (int cut = 0; cut <= text.length(); cut++) {
        assertThat(decode(text.substring(0, cut), text.substring(cut)).bare()).as(text).isTrue();
      }
    }
  }
}
