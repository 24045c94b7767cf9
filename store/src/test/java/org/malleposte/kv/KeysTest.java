package org.malleposte.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeysTest {
  @Test
  void afterIsTheFirstKeyBehindThePrefix() {
    assertThat(Keys.after(new byte[] {1, 2})).containsExactly(1, 3);
    assertThat(Keys.after(new byte[] {1, (byte) 0xff})).containsExactly(2);
    assertThat(Keys.after(new byte[] {0x7f})).containsExactly(0x80);
    assertThatThrownBy(() -> Keys.after(new byte[] {-1, -1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void prefixesAreRecognised() {
    assertThat(Keys.startsWith(new byte[] {1, 2, 3}, new byte[] {1, 2})).isTrue();
    assertThat(Keys.startsWith(new byte[] {1}, new byte[] {1, 2})).isFalse();
    assertThat(Keys.startsWith(new byte[] {2, 2}, new byte[] {1})).isFalse();
  }
}
