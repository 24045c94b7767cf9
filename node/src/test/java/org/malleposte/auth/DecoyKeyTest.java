package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;
import org.malleposte.shard.FakeDirectory;

class DecoyKeyTest {
  private final FakeDirectory directory = new FakeDirectory();
  private final BlockingLane lane = new BlockingLane("test-decoy", 1, 10);
  private final ManualTime time = new ManualTime();

  @AfterEach
  void stop() {
    lane.close();
  }

  private DecoyKey open(int seed) {
    return new DecoyKey(directory, lane, time, new Random(seed));
  }

  @Test
  void allNodesHaveTheKeyOfTheFirst() {
    try (var first = open(1);
        var second = open(2)) {
      await().until(() -> Arrays.equals(first.get(), second.get()));
      byte[] key = first.get();
      assertThat(key).hasSize(DecoyKey.BYTES);
      try (var later = open(3)) {
        await().until(() -> Arrays.equals(later.get(), key));
      }
    }
  }

  @Test
  void withoutAMajorityEachHasItsOwnUntilThereIsOne() {
    directory.setAvailable(false);
    try (var first = open(1);
        var second = open(2)) {
      await().until(() -> time.pending() == 2);
      assertThat(first.get()).isNotEqualTo(second.get()).hasSize(DecoyKey.BYTES);
      directory.setAvailable(true);
      time.advance(DecoyKey.RETRY_AFTER);
      await().until(() -> Arrays.equals(first.get(), second.get()));
    }
  }
}
