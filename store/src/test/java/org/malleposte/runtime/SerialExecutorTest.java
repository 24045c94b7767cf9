package org.malleposte.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  @Test
  void runsOneAtATimeInOrder() throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(4)) {
      var serial = new SerialExecutor(threads);
      List<Integer> seen = new ArrayList<>(); // unsafe on purpose: only serial tasks touch it
      var done = new CountDownLatch(1000);
      for (int i = 0; i < 1000; i++) {
        int number = i;
        serial.execute(
            () -> {
              seen.add(number);
              done.countDown();
            });
      }
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(seen).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }
  }

  @Test
  void goesOnAfterATaskThatThrew() throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(1)) {
      var serial = new SerialExecutor(threads);
      var done = new CountDownLatch(1);
      serial.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      serial.execute(done::countDown);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
