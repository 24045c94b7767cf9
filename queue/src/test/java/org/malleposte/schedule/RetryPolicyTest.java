package org.malleposte.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final RetryPolicy POLICY = RetryPolicy.DEFAULT;

  @Test
  void delaysDoubleUpToTheLongestAndVaryByAFifth() {
    var random = new Random(1);
    long[] minutes = {1, 2, 4, 8, 16, 32, 60, 60};
    for (int attempt = 1; attempt <= minutes.length; attempt++) {
      for (int i = 0; i < 100; i++) {
        var about = Duration.ofMinutes(minutes[attempt - 1]).toMillis();
        assertThat(POLICY.delay(attempt, random).toMillis())
            .isBetween((long) (about * 0.8), (long) (about * 1.2));
      }
    }
    assertThat(POLICY.delay(Integer.MAX_VALUE, random)).isPositive();
    assertThat(POLICY.delay(0, random)).isPositive();
  }

  @Test
  void sameChanceSameDelay() {
    assertThat(POLICY.delay(3, new Random(5))).isEqualTo(POLICY.delay(3, new Random(5)));
  }

  @Test
  void aLifetimeBeyondTheStoresMemoryIsRefused() {
    assertThatThrownBy(() -> RetryPolicy.of(Duration.ofDays(26), Duration.ofHours(4)))
        .hasMessageContaining("at most 25 days");
  }
}
