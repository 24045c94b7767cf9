package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class Pop3SessionsTest {
  private final Pop3Sessions sessions =
      new Pop3Sessions(new Pop3Limits(100, 2, 5, Duration.ofMinutes(10), Duration.ZERO));

  @Test
  void anAddressHasItsLimit() {
    assertThat(sessions.begin("192.0.2.1")).isTrue();
    assertThat(sessions.begin("192.0.2.1")).isTrue();
    assertThat(sessions.begin("192.0.2.1")).isFalse();
    assertThat(sessions.begin("192.0.2.2")).isTrue();
    sessions.end("192.0.2.1");
    assertThat(sessions.begin("192.0.2.1")).isTrue();
  }

  @Test
  void theAddressesOfOneIpv6HostAreOneAndLoopbackHasNoLimit() {
    assertThat(sessions.begin("2001:db8::1")).isTrue();
    assertThat(sessions.begin("2001:db8::2")).isTrue();
    assertThat(sessions.begin("2001:db8::3")).isFalse();
    for (int i = 0; i < 50; i++) {
      assertThat(sessions.begin("127.0.0.1")).isTrue();
    }
  }
}
