package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.runtime.BlockingLane;

class MessageChunksTest {
  private final BlockingLane lane = new BlockingLane("test-chunks", 1, 10);

  @AfterEach
  void close() {
    lane.close();
  }

  private String all(String message, OptionalLong lines) {
    var out = new ByteArrayOutputStream();
    var bytes = message.getBytes(StandardCharsets.ISO_8859_1);
    var chunks = new MessageChunks(new ByteArrayInputStream(bytes), lines, lane);
    ChunkSource.Chunk chunk;
    do {
      chunk = chunks.next().join();
      // Dots can double it, the end adds five.
      assertThat(chunk.bytes().length).isLessThanOrEqualTo(2 * ChunkSource.BYTES + 5);
      out.writeBytes(chunk.bytes());
    } while (!chunk.last());
    chunks.close();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private String whole(String message) {
    return all(message, OptionalLong.empty());
  }

  private String top(String message, long lines) {
    return all(message, OptionalLong.of(lines));
  }

  @Test
  void isStuffedAndEnded() {
    assertThat(whole("a: b\r\n\r\n.\r\n..x\r\n")).isEqualTo("a: b\r\n\r\n..\r\n...x\r\n.\r\n");
    assertThat(whole("no end")).isEqualTo("no end\r\n.\r\n");
    assertThat(whole("")).isEqualTo(".\r\n");
  }

  @Test
  void theTopEndsAfterItsLines() {
    String message = "a: b\r\n\r\none\r\ntwo\r\nthree";
    assertThat(top(message, 0)).isEqualTo("a: b\r\n\r\n.\r\n");
    assertThat(top(message, 2)).isEqualTo("a: b\r\n\r\none\r\ntwo\r\n.\r\n");
    assertThat(top(message, 3)).isEqualTo(message + "\r\n.\r\n");
    assertThat(top(message, 99)).isEqualTo(message + "\r\n.\r\n");
    assertThat(top("only: header\r\n", 5)).isEqualTo("only: header\r\n.\r\n");
    assertThat(top("\r\nbody\r\n", 1)).isEqualTo("\r\nbody\r\n.\r\n");
  }

  @Test
  void piecesMakeNoDifference() {
    long seed = 7;
    var random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      var text = new StringBuilder("a: b\r\n\r\n");
      int length = ChunkSource.BYTES - 50 + random.nextInt(100);
      while (text.length() < length + random.nextInt(3) * ChunkSource.BYTES) {
        text.append(random.nextInt(3) == 0 ? "." : "x").append(random.nextBoolean() ? "\r\n" : "");
      }
      String expected = (text + (text.toString().endsWith("\r\n") ? "" : "\r\n"));
      expected = expected.replace("\r\n.", "\r\n..") + ".\r\n";
      assertThat(whole(text.toString()))
          .as("seed " + seed + ", round " + round)
          .isEqualTo(expected);
      long lines = expected.lines().count() - 3;
      assertThat(top(text.toString(), lines)).isEqualTo(expected);
    }
  }
}
