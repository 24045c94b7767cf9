package org.malleposte.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.NOW;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.malleposte.handover.FlushLine.Way;

class FlushLineTest {
  private final FlushLine line = new FlushLine();

  private static Instant at(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  @Test
  void aWindowOfBatches() {
    for (int i = 0; i < FlushLine.WINDOW; i++) {
      assertThat(line.way(NOW)).isEqualTo(Way.BUS);
      line.batchBegins();
    }
    assertThat(line.way(NOW)).isEqualTo(Way.NONE);
    line.batchThrough();
    assertThat(line.way(NOW)).isEqualTo(Way.BUS);
  }

  @Test
  void afterAFailureOneAtATimeWithGrowingPauses() {
    line.batchBegins();
    line.batchFailed(NOW);
    assertThat(line.way(NOW)).isEqualTo(Way.NONE);
    assertThat(line.nextChange()).isEqualTo(NOW.plusMillis(500));
    assertThat(line.way(at(1))).isEqualTo(Way.BUS);
    line.batchBegins();
    assertThat(line.way(at(1))).isEqualTo(Way.NONE);
    line.batchFailed(at(2));
    assertThat(line.nextChange()).isEqualTo(at(4));
    assertThat(line.way(at(4))).isEqualTo(Way.BUS);
    line.batchBegins();
    line.batchThrough();
    line.batchBegins();
    assertThat(line.way(at(5))).isEqualTo(Way.BUS);
  }

  @Test
  void batchesGrowWhileTheyGoThrough() {
    assertThat(line.batchEntries()).isEqualTo(FlushLine.FIRST_BATCH_ENTRIES);
    for (int i = 0; i < 10; i++) {
      line.batchBegins();
      line.batchThrough();
    }
    assertThat(line.batchEntries()).isEqualTo(FlushLine.MAX_BATCH_ENTRIES);
    line.batchBegins();
    line.batchFailed(NOW);
    assertThat(line.batchEntries()).isEqualTo(FlushLine.FIRST_BATCH_ENTRIES);
  }

  @Test
  void aBusThatStaysBrokenIsGoneAroundAndProbed() {
    long second = 0;
    for (int i = 0; i < 3; i++) {
      line.batchBegins();
      second += 10;
      line.batchFailed(at(second));
    }
    assertThat(line.way(at(second))).isEqualTo(Way.FALLBACK);
    for (int i = 0; i < FlushLine.FALLBACK_WINDOW; i++) {
      line.fallbackBegins();
    }
    assertThat(line.way(at(second))).isEqualTo(Way.NONE);
    line.fallbackEnds();
    assertThat(line.way(at(second))).isEqualTo(Way.FALLBACK);
    assertThat(line.way(at(second + 30))).isEqualTo(Way.BUS);
    line.batchBegins();
    assertThat(line.way(at(second + 31))).isEqualTo(Way.FALLBACK);
    line.batchFailed(at(second + 40));
    assertThat(line.way(at(second + 41))).isEqualTo(Way.FALLBACK);
    line.batchBegins();
    line.batchThrough();
    assertThat(line.way(at(second + 42))).isEqualTo(Way.BUS);
  }
}
