package org.malleposte.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.demo.NodeProcess.Signal;

/** Machines die; nothing acknowledged is lost, nothing is doubled. */
class KillTest {
  private static final int CI_ROUNDS = 3;
  private static final int SOAK_ROUNDS = 20;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void killsInTurnUnderLoad() throws Exception {
    killsInTurn(CI_ROUNDS);
  }

  @Test
  @Tag("soak")
  void killsInTurnUnderLoadForLong() throws Exception {
    killsInTurn(SOAK_ROUNDS);
  }

  // One machine at a time: the next dies only when the last is back.
  private void killsInTurn(int rounds) throws Exception {
    try (var scenario = new Scenario(directory, "kills in turn, " + rounds + " rounds")) {
      for (int round = 0; round < rounds; round++) {
        var first = scenario.random.nextBoolean() ? scenario.primary() : scenario.secondary();
        scenario.kill(first);
        scenario.rest(200, 7_000);
        scenario.start(first);
        scenario.rest(200, 3_000);
        var second = first == scenario.primary() ? scenario.secondary() : scenario.primary();
        scenario.kill(second);
        scenario.rest(200, 7_000);
        scenario.start(second);
        scenario.rest(200, 3_000);
      }
      scenario.balance();
    }
  }

  @Test
  void allAtOnceAndBackInAnotherOrder() throws Exception {
    try (var scenario = new Scenario(directory, "all at once")) {
      scenario.rest(500, 3_000);
      var nodes = new ArrayList<>(scenario.cluster.nodes());
      Collections.shuffle(nodes, scenario.random);
      for (var node : nodes) {
        scenario.kill(node);
      }
      Collections.shuffle(nodes, scenario.random);
      for (var node : nodes) {
        scenario.start(node);
      }
      scenario.rest(1_000, 2_000);
      scenario.balance();
    }
  }

  @Test
  void aPrimaryThatHangsForHalfAMinuteAndWakes() throws Exception {
    try (var scenario = new Scenario(directory, "hang")) {
      scenario.signal(scenario.primary(), Signal.STOP);
      scenario.rest(10_000);
      int before = scenario.acknowledged();
      scenario.rest(20_000);
      assertThat(scenario.acknowledged())
          .as("the others go on meanwhile")
          .isGreaterThan(before + 50);
      scenario.signal(scenario.primary(), Signal.CONT);
      scenario.rest(5_000);
      scenario.balance();
    }
  }

  @Test
  void aSecondaryComesBackWithoutItsDisk() throws Exception {
    try (var scenario = new Scenario(directory, "secondary wiped")) {
      var victim = scenario.secondary();
      scenario.kill(victim);
      scenario.cluster.wipe(victim);
      scenario.rest(200, 4_000);
      scenario.start(victim);
      scenario.rest(3_000);
      scenario.balance();
    }
  }

  @Test
  void thePrimaryComesBackWithoutItsDisk() throws Exception {
    try (var scenario = new Scenario(directory, "primary wiped")) {
      scenario.kill(scenario.primary());
      scenario.cluster.wipe(scenario.primary());
      scenario.rest(200, 6_000);
      scenario.start(scenario.primary());
      scenario.rest(3_000);
      scenario.balance();
    }
  }
}
