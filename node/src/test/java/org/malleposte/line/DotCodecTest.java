package org.malleposte.line;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotCodecTest {
  private static final int LINE_MAX = 1000;

  @Test
  void undoesDotStuffing() {
    var decoded = decode("a\r\n..b\r\n.c\r\n.\r\nNOOP\r\n");
    assertThat(decoded.text).isEqualTo("a\r\n.b\r\nc\r\n");
    assertThat(decoded.rest).isEqualTo("NOOP\r\n");
    assertThat(decoded.decoder.sawBareEndOfLine()).isFalse();
    assertThat(decoded.decoder.sawEightBit()).isFalse();
  }

  @Test
  void anEmptyMessageIsADotAlone() {
    assertThat(decode(".\r\n").text).isEmpty();
    assertThat(decode(".\r\n").ended).isTrue();
  }

  /** Each of these was an end of message to some server (CVE-2023-51764, -51765, -51766). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n.\n",
        "a\n.\r\n",
        "a\r\n.\n",
        "a\r.\r",
        "a\r.\r\n",
        "a\r\n.\r",
        "a\r\n.\r\r\n",
        "a\n\r\n.\n",
        "a\r\n\0.\r\n",
        "a\r\n.\0\r\n",
        "a\r\n. \r\n",
        "a\n.\r\r\n",
        "a\r\r\n.\n"
      })
  void nothingElseEndsAMessage(String smuggled) {
    var decoded = decode(smuggled + "MAIL FROM:<evil@x.test>\r\n");
    assertThat(decoded.ended).isFalse();
    boolean onlyProperEnds =
        smuggled.replace("\r\n", "").chars().noneMatch(c -> c == 13 || c == 10);
    assertThat(decoded.decoder.sawBareEndOfLine()).isEqualTo(!onlyProperEnds);
  }

  @Test
  void aMessageWithABareLfIsReadToItsTrueEnd() {
    var decoded = decode("a\n.\nRSET\r\n.\r\nQUIT\r\n");
    assertThat(decoded.ended).isTrue();
    assertThat(decoded.decoder.sawBareEndOfLine()).isTrue();
    assertThat(decoded.rest).isEqualTo("QUIT\r\n");
  }

  @Test
  void countsLinesWithTheirCrlf() {
    assertThat(decode("x".repeat(LINE_MAX - 2) + "\r\n.\r\n").decoder.sawLineTooLong()).isFalse();
    assertThat(decode("x".repeat(LINE_MAX - 1) + "\r\n.\r\n").decoder.sawLineTooLong()).isTrue();
  }

  @Test
  void seesEightBit() {
    assertThat(decode("caf\u00e9\r\n.\r\n").decoder.sawEightBit()).isTrue();
  }

  @Test
  void encodeThenDecodeIsTheSame() {
    long seed = 7;
    var random = new Random(seed);
    String[] pieces = {"\r\n", ".", "..", "a", "bcd", ".\r\n", "\r\n.\r\n"};
    for (int round = 0; round < 3000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(10); i > 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      if (!text.isEmpty()) {
        text.append("\r\n");
      }
      String wire = encode(text.toString(), random);
      var decoded = decodeChunked(wire + "REST", random);
      assertThat(decoded.text).as("seed %d round %d", seed, round).isEqualTo(text.toString());
      assertThat(decoded.ended).isTrue();
      assertThat(decoded.rest).isEqualTo("REST");
    }
  }

  @Test
  void neverSendsABareCrOrLf() {
    var random = new Random(3);
    for (String text : new String[] {"a\nb", "a\rb", "\n.\n", "a\r", "\r\r\n", "a\n\r\n.\rb"}) {
      for (int i = 0; i < 20; i++) {
        String wire = encode(text, random);
        assertThat(wire.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(wire.indexOf("\r\n.\r\n")).isEqualTo(wire.length() - 5);
      }
    }
  }

  private static final class Decoded {
    final DotDecoder decoder = new DotDecoder(LINE_MAX);
    boolean ended;
    String text = "";
    String rest = "";
  }

  private static Decoded decode(String wire) {
    Decoded whole = decodeChunked(wire, null);
    for (long seed = 1; seed <= 5; seed++) {
      Decoded chunked = decodeChunked(wire, new Random(seed));
      assertThat(chunked.text).isEqualTo(whole.text);
      assertThat(chunked.ended).isEqualTo(whole.ended);
      assertThat(chunked.rest).isEqualTo(whole.rest);
      assertThat(chunked.decoder.sawBareEndOfLine()).isEqualTo(whole.decoder.sawBareEndOfLine());
      assertThat(chunked.decoder.sawLineTooLong()).isEqualTo(whole.decoder.sawLineTooLong());
    }
    return whole;
  }

  /** Without {@code random} in one chunk. */
  private static Decoded decodeChunked(String wire, Random random) {
    var decoded = new Decoded();
    var out = new ByteArrayOutputStream();
    int from = 0;
    while (from < wire.length() && !decoded.ended) {
      int to =
          random == null ? wire.length() : Math.min(wire.length(), from + 1 + random.nextInt(3));
      ByteBuffer input = ByteBuffer.wrap(wire.substring(from, to).getBytes(ISO_8859_1));
      decoded.ended = decoded.decoder.decode(input, out::write) == MessageDecoder.Progress.ENDED;
      from += input.position();
    }
    decoded.text = out.toString(ISO_8859_1);
    decoded.rest = wire.substring(from);
    return decoded;
  }

  private static String encode(String text, Random random) {
    var out = new ByteArrayOutputStream();
    var encoder = new DotEncoder();
    byte[] bytes = text.getBytes(ISO_8859_1);
    for (int from = 0; from < bytes.length; ) {
      int length = Math.min(bytes.length - from, 1 + random.nextInt(4));
      encoder.encode(bytes, from, length, out::write);
      from += length;
    }
    encoder.end(out::write);
    return out.toString(ISO_8859_1);
  }
}
