package org.malleposte.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every acknowledged mail arrives, whatever happens. The name of a failing case is its seed. */
class QueueSimulationTest {
  private static final int QUICK_SEEDS = 20;
  private static final int SOAK_SEEDS = 2000;

  @TempDir Path temporary;

  @Test
  void nothingAcknowledgedIsLost() {
    for (long seed = 1; seed <= QUICK_SEEDS; seed++) {
      check(seed);
    }
  }

  @Test
  @Tag("soak")
  void nothingAcknowledgedIsLostInManyRuns() {
    for (long seed = 1000; seed < 1000 + SOAK_SEEDS; seed++) {
      check(seed);
    }
  }

  /** Seeds that found something once. */
  @ParameterizedTest
  @ValueSource(longs = {1, 1085})
  void staysFixed(long seed) {
    check(seed);
  }

  private void check(long seed) {
    var simulation = new QueueSimulation(seed, temporary.resolve("seed-" + seed));
    var wrong = simulation.run();
    assertThat(wrong)
        .describedAs(
            () ->
                "seed "
                    + seed
                    + "\n"
                    + wrong.stream()
                        .limit(1)
                        .map(w -> simulation.story(w.replaceAll(".*?([0-9A-Z]{26}).*", "$1")))
                        .findFirst()
                        .orElse(""))
        .isEmpty();
  }
}
