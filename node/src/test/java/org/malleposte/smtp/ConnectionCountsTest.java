package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.smtp.ConnectionCounts.Admission.ADMITTED;
import static org.malleposte.smtp.ConnectionCounts.Admission.TOO_MANY;
import static org.malleposte.smtp.ConnectionCounts.Admission.TOO_MANY_OF_CLIENT;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionCountsTest {
  private final ConnectionCounts counts =
      new ConnectionCounts(new SmtpLimits.Counts(1, 1, 1, 1, 1, 1, 1, 4, 2));

  @Test
  void anAddressHasItsShare() {
    assertThat(counts.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
    assertThat(counts.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
    assertThat(counts.enter(at("192.0.2.1"))).isEqualTo(TOO_MANY_OF_CLIENT);
    assertThat(counts.enter(at("192.0.2.2"))).isEqualTo(ADMITTED);
    counts.leave(at("192.0.2.1"));
    assertThat(counts.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
    assertThat(counts.open()).isEqualTo(3);
  }

  @Test
  void anIpv6NetworkIsOneClient() {
    assertThat(counts.enter(at("2001:db8::1"))).isEqualTo(ADMITTED);
    assertThat(counts.enter(at("2001:db8::2"))).isEqualTo(ADMITTED);
    assertThat(counts.enter(at("2001:db8::3"))).isEqualTo(TOO_MANY_OF_CLIENT);
    assertThat(counts.enter(at("2001:db8:0:1::3"))).isEqualTo(ADMITTED);
  }

  @Test
  void loopbackHasNoShareButCounts() {
    for (int i = 0; i < 4; i++) {
      assertThat(counts.enter(at("127.0.0.1"))).isEqualTo(ADMITTED);
    }
    assertThat(counts.enter(at("127.0.0.1"))).isEqualTo(TOO_MANY);
    assertThat(counts.open()).isEqualTo(4);
  }

  private static InetAddress at(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
