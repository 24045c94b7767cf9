package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionThrottleTest {
  private final AtomicLong millis = new AtomicLong(-500);

  @Test
  void whoIsBeyondTheLimitComesInALaterSecond() {
    var throttle = new ConnectionThrottle(2, millis::get);
    assertThat(seconds(throttle, 5)).containsExactly(0L, 0L, 1L, 1L, 2L);
    millis.addAndGet(1000);
    assertThat(seconds(throttle, 2)).as("the next second is given away").containsExactly(1L, 2L);
    millis.addAndGet(10_000);
    assertThat(seconds(throttle, 3)).containsExactly(0L, 0L, 1L);
  }

  @Test
  void nobodyWaitsForEver() {
    var throttle = new ConnectionThrottle(1, millis::get);
    assertThat(seconds(throttle, 1000))
        .allMatch(seconds -> seconds <= ConnectionThrottle.MAX_DELAY.toSeconds());
  }

  @Test
  void zeroIsNoLimit() {
    assertThat(seconds(new ConnectionThrottle(0, millis::get), 100)).containsOnly(0L);
  }

  private static List<Long> seconds(ConnectionThrottle throttle, int connections) {
    var seconds = new ArrayList<Long>();
    for (int i = 0; i < connections; i++) {
      Duration delay = throttle.delay();
      seconds.add(delay.toSeconds());
    }
    return seconds;
  }
}
