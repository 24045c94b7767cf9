package org.malleposte.managesieve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.managesieve.ManageSieveFramer.Framed;

/** Whatever a client sends, there is an answer, and cutting it elsewhere changes nothing. */
class ManageSieveFuzzTest {
  private static final String[] WORDS = {
    "PUTSCRIPT ", "\"a\" ", "{3+}\r\n", "{0+}\r\n", "{4294967296+}", "{12", "\r\n", "abc", "\\",
        "\"",
    "NOOP", "HAVESPACE \"x\" 99", "AUTHENTICATE \"PLAIN\" ", "\u0000", "\n", "\r", "ü", " ", "}",
        "*"
  };

  @Test
  void framerAndParser() {
    long seed = 42;
    var random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(WORDS[random.nextInt(WORDS.length)]);
      }
      byte[] bytes = text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
      assertThat(read(bytes, bytes.length))
          .as("seed %d round %d", seed, round)
          .isEqualTo(read(bytes, 1 + random.nextInt(3)));
    }
  }

  private static String read(byte[] bytes, int pieces) {
    var framer = new ManageSieveFramer();
    var seen = new StringBuilder();
    for (int at = 0; at < bytes.length; at += pieces) {
      var input = ByteBuffer.wrap(bytes, at, Math.min(pieces, bytes.length - at));
      while (input.hasRemaining()) {
        switch (framer.next(input, 1000)) {
          case Framed.Partial _ -> {}
          case Framed.Command(var command) -> {
            seen.append(ManageSieveCommandParser.parse(command).getClass().getSimpleName());
            ManageSieveCommandParser.parseSaslResponse(command);
          }
          case Framed.Bad(var what) -> seen.append(what);
          case Framed.Hopeless(var what) -> {
            return seen.append(what).toString();
          }
        }
      }
    }
    return seen.toString();
  }
}
