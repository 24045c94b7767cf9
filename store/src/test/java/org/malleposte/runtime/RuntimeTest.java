package org.malleposte.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RuntimeTest {
  @Test
  void aLaneRunsOnItsOwnThreadsAndPassesOutcomes() {
    try (var lane = new BlockingLane("disk", 1, 1)) {
      assertThat(lane.call(() -> Thread.currentThread().getName()).join()).isEqualTo("disk-1");
      var failed =
          lane.call(
              () -> {
                throw new IOException("broken");
              });
      assertThatThrownBy(failed::join)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("broken");
      assertThat(lane.run(() -> {}).join()).isNull();
    }
  }

  @Test
  void aFullLaneRefusesAtOnce() throws InterruptedException {
    var lane = new BlockingLane("disk", 1, 2);
    var hold = new CountDownLatch(1);
    var started = new CountDownLatch(1);
    var running =
        lane.call(
            () -> {
              started.countDown();
              return hold.await(10, TimeUnit.SECONDS);
            });
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    var waiting = lane.run(() -> {});
    lane.run(() -> {});
    assertThat(lane.waiting()).isEqualTo(2);
    assertThatThrownBy(() -> lane.run(() -> {})).isInstanceOf(RejectedExecutionException.class);
    hold.countDown();
    assertThat(running.join()).isTrue();
    waiting.join();
    lane.close();
    assertThatThrownBy(() -> lane.run(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void timersFireOnceOrAgainAndAgain() {
    try (var timers = new ScheduledTimers("timers")) {
      var once = new CompletableFuture<String>();
      timers.after(Duration.ofMillis(1), () -> once.complete(Thread.currentThread().getName()));
      assertThat(once.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("timers");
      var ticks = new AtomicInteger();
      var every = timers.every(Duration.ofMillis(1), ticks::incrementAndGet);
      Awaitility.await().until(() -> ticks.get() >= 3);
      every.cancel();
      every.cancel();
    }
  }

  @Test
  void aCancelledTimerDoesNotFire() {
    try (var timers = new ScheduledTimers("timers")) {
      var fired = new AtomicInteger();
      timers.after(Duration.ofMillis(20), fired::incrementAndGet).cancel();
      var after = new CompletableFuture<Void>();
      timers.after(Duration.ofMillis(40), () -> after.complete(null));
      after.orTimeout(10, TimeUnit.SECONDS).join();
      assertThat(fired).hasValue(0);
    }
  }

  @Test
  void aTaskThatThrowsIsCalledAgain() {
    try (var timers = new ScheduledTimers("timers")) {
      var calls = new AtomicInteger();
      timers.every(
          Duration.ofMillis(1),
          () -> {
            if (calls.incrementAndGet() == 1) {
              throw new IllegalStateException("expected in this test");
            }
          });
      Awaitility.await().until(() -> calls.get() >= 3);
    }
  }
}
