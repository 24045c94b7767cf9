package org.malleposte.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.NOW;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.malleposte.schedule.DestinationHealth.Limits;
import org.malleposte.schedule.DestinationHealth.Permit;

class DestinationHealthTest {
  private static final Permit GO = new Permit.Go();
  private static final Permit BUSY = new Permit.Busy();
  private static final Permit DOWN = new Permit.Down();
  private static final Limits LIMITS =
      new Limits(2, Duration.ofSeconds(10), Duration.ofSeconds(30));
  private final DestinationHealth health = new DestinationHealth();

  private Permit ask(long second) {
    return health.ask("x", LIMITS, NOW.plusSeconds(second));
  }

  private void ended(boolean failed, long second) {
    health.ended("x", failed, LIMITS, NOW.plusSeconds(second));
  }

  @Test
  void onlySoManyAtOnce() {
    assertThat(ask(0)).isEqualTo(GO);
    assertThat(ask(0)).isEqualTo(GO);
    assertThat(ask(0)).isEqualTo(BUSY);
    assertThat(health.free("x", LIMITS)).isZero();
    ended(false, 1);
    assertThat(health.free("x", LIMITS)).isEqualTo(1);
    assertThat(ask(1)).isEqualTo(GO);
    assertThat(health.ask("y", LIMITS, NOW)).isEqualTo(GO);
  }

  @Test
  void afterAFailureOneMailTriesItAndPausesGrow() {
    ask(0);
    ended(true, 0);
    assertThat(ask(9)).isEqualTo(DOWN);
    assertThat(health.pauses()).containsEntry("x", NOW.plusSeconds(10));
    assertThat(ask(10)).isEqualTo(GO);
    assertThat(ask(10)).isEqualTo(DOWN);
    ended(true, 11);
    assertThat(health.pauses()).containsEntry("x", NOW.plusSeconds(31));
    assertThat(ask(31)).isEqualTo(GO);
    ended(true, 31);
    assertThat(health.pauses()).containsEntry("x", NOW.plusSeconds(61));
    assertThat(ask(61)).isEqualTo(GO);
    ended(false, 61);
    assertThat(ask(61)).isEqualTo(GO);
    assertThat(ask(61)).isEqualTo(GO);
  }

  @Test
  void failuresOfOneBreakdownCountOnce() {
    ask(0);
    ask(0);
    ended(true, 1);
    ended(true, 2);
    assertThat(health.pauses()).containsEntry("x", NOW.plusSeconds(11));
  }

  @Test
  void hurryEndsPauses() {
    ask(0);
    ended(true, 0);
    health.hurry(_ -> true, NOW.plusSeconds(1));
    assertThat(ask(1)).isEqualTo(GO);
  }

  @Test
  void whatNobodyWaitsForIsForgotten() {
    ask(0);
    ended(true, 0);
    health.forget("x");
    assertThat(health.pauses()).isEmpty();
    assertThat(ask(1)).isEqualTo(GO);
  }
}
