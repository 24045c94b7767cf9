package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.smtp.ConnectionCounts.Admission.ADMITTED;
import static org.malleposte.smtp.ConnectionCounts.Admission.TOO_FAST;
import static org.malleposte.smtp.ConnectionCounts.Admission.TOO_MANY;
import static org.malleposte.smtp.ConnectionCounts.Admission.TOO_MANY_OF_CLIENT;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConnectionCountsTest {
  private long now = 1_000_000;
  private final ConnectionCounts counts = counts(2, 0, ClientPolicy.NONE);

  private ConnectionCounts counts(int ofClient, int perMinute, ClientPolicy policy) {
    var limits = new SmtpLimits.Counts(1, 1, 1, 1, 1, 1, 1, 1, 1, 4, ofClient, perMinute);
    return new ConnectionCounts(limits, policy, () -> now);
  }

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

  @Test
  void anAddressHasItsRate() {
    var fast = counts(0, 3, ClientPolicy.NONE);
    for (int i = 0; i < 3; i++) {
      assertThat(fast.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
      fast.leave(at("192.0.2.1"));
    }
    assertThat(fast.enter(at("192.0.2.1"))).isEqualTo(TOO_FAST);
    assertThat(fast.open()).isZero();
    assertThat(fast.enter(at("192.0.2.2"))).isEqualTo(ADMITTED);
    now += 60_000;
    assertThat(fast.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
  }

  @Test
  void thePostmastersWordOfAClientCounts() {
    var special =
        counts(
            1,
            1,
            new ClientPolicy() {
              @Override
              public OptionalInt connections(String address) {
                return address.equals("192.0.2.1") ? OptionalInt.of(0) : OptionalInt.empty();
              }

              @Override
              public OptionalInt connectionsPerMinute(String address) {
                return address.equals("192.0.2.1") ? OptionalInt.of(0) : OptionalInt.empty();
              }

              @Override
              public Optional<Duration> greetPause(String address, Optional<String> hostName) {
                return Optional.empty();
              }
            });
    assertThat(special.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
    assertThat(special.enter(at("192.0.2.1"))).isEqualTo(ADMITTED);
    assertThat(special.enter(at("192.0.2.2"))).isEqualTo(ADMITTED);
    assertThat(special.enter(at("192.0.2.2"))).isEqualTo(TOO_MANY_OF_CLIENT);
  }

  private static InetAddress at(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
