package org.malleposte.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class XtextTest {
  @Test
  void whatIsEncodedIsXtextAndIsDecodedToItself() {
    long seed = 20_261_124L;
    var random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        text.append((char) (0x20 + random.nextInt(0x5f)));
      }
      String encoded = Xtext.encode(text.toString());
      assertThat(Xtext.isXtext(encoded)).as("seed %s: %s", seed, encoded).isTrue();
      assertThat(Xtext.decode(encoded)).isEqualTo(text.toString());
    }
    assertThat(Xtext.encode("a+b=c d\u007f")).isEqualTo("a+2Bb+3Dc+20d+7F");
  }

  @Test
  void otherTextIsNoXtext() {
    for (String text :
        new String[] {"", "a b", "a=b", "+", "+2", "+2b", "+GG", "\u00e9", "\u0141"}) {
      assertThat(Xtext.isXtext(text)).as(text).isFalse();
    }
    assertThat(Xtext.isXtext("a+2Bb~!")).isTrue();
  }

  @Test
  void whatCannotBeDecodedOrPrintedIsShownSafely() {
    assertThat(Xtext.decode("a+0D+0Ab+")).isEqualTo("a??b+");
    assertThat(Xtext.decode("+2b+GG+")).isEqualTo("++GG+");
    assertThat(Xtext.decode("+C3+A9")).isEqualTo("??");
  }
}
