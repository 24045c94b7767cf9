package org.malleposte.line;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineFramerTest {
  @Test
  void cutsAtCrlf() {
    assertThat(frames("NOOP\r\nQUIT\r\n\r\nhalf", 100)).containsExactly("NOOP", "QUIT", "");
  }

  @Test
  void aBareLfIsNoEndOfLineAndTaintsUntilTheNextCrlf() {
    assertThat(frames("NOOP\nQUIT\r\nRSET\r\n", 100)).containsExactly("<bare>", "<bare>", "RSET");
  }

  @Test
  void aClientThatSendsOnlyLfIsAnsweredEachTime() {
    assertThat(frames("A\nB\nC\n", 100)).containsExactly("<bare>", "<bare>", "<bare>");
  }

  @Test
  void aBareCrMakesTheLineBad() {
    assertThat(frames("NO\rOP\r\nA\r\r\nB\r\n", 100)).containsExactly("<bare>", "<bare>", "B");
  }

  @Test
  void theLimitCountsTheCrlf() {
    assertThat(frames("12345678\r\n123456789\r\nok\r\n", 10))
        .containsExactly("12345678", "<long>", "ok");
  }

  @Test
  void aLineOfAHundredMebibytesIsDropped() {
    var framer = new LineFramer(1000);
    byte[] chunk = new byte[1 << 20];
    java.util.Arrays.fill(chunk, (byte) 'x');
    for (int i = 0; i < 100; i++) {
      assertThat(framer.next(ByteBuffer.wrap(chunk))).isEqualTo(Frame.PARTIAL);
    }
    assertThat(framer.isInLine()).isTrue();
    assertThat(framer.next(ByteBuffer.wrap("\r\n".getBytes(ISO_8859_1)))).isEqualTo(Frame.TOO_LONG);
    assertThat(framer.isInLine()).isFalse();
  }

  @Test
  void chunkingChangesNothing() {
    long seed = 20251124;
    var random = new Random(seed);
    String[] pieces = {"\r", "\n", "\r\n", "a", "bcdef", ".", "0123456789"};
    for (int round = 0; round < 2000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      List<String> whole = frames(text.toString(), 12);
      var framer = new LineFramer(12);
      var chunked = new ArrayList<String>();
      for (int from = 0; from < text.length(); ) {
        int to = Math.min(text.length(), from + 1 + random.nextInt(4));
        collect(framer, text.substring(from, to), chunked);
        from = to;
      }
      assertThat(chunked).as("seed %d round %d", seed, round).isEqualTo(whole);
    }
  }

  private static List<String> frames(String text, int maxOctets) {
    var found = new ArrayList<String>();
    collect(new LineFramer(maxOctets), text, found);
    return found;
  }

  private static void collect(LineFramer framer, String text, List<String> found) {
    // An array with an offset, as a slice of a larger buffer has.
    byte[] padded = ("##" + text).getBytes(ISO_8859_1);
    ByteBuffer input = ByteBuffer.wrap(padded, 2, text.length()).slice();
    while (true) {
      switch (framer.next(input)) {
        case Frame.Line(byte[] octets) -> found.add(new String(octets, ISO_8859_1));
        case Frame.TooLong _ -> found.add("<long>");
        case Frame.BareEndOfLine _ -> found.add("<bare>");
        case Frame.Partial _ -> {
          return;
        }
      }
    }
  }
}
