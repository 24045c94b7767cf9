package org.malleposte.raft;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeName;
import org.malleposte.raft.LeaderCall.Answer.Done;
import org.malleposte.raft.LeaderCall.Answer.Forgotten;
import org.malleposte.raft.LeaderCall.Answer.Later;
import org.malleposte.raft.LeaderCall.Answer.NotLeader;
import org.malleposte.runtime.Timers;

/**
 * One call, tried at whoever leads until it is done or its time is over. Its steps follow each
 * other, on whatever thread ends the one before; none blocks.
 */
final class LeaderSearch {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);
  // A leader that hangs must not use up the caller's time.
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

  /** Where the calls go. */
  interface Route {
    /** Whom to ask: the leader as far as is known, else someone who may know it. */
    Optional<NodeName> next();

    /** Never fails: a call without an answer in time is {@link Later}. */
    CompletableFuture<LeaderCall.Answer> call(NodeName node, LeaderCall call, Duration timeout);
  }

  private final Route route;
  private final Timers timers;
  private final InstantSource clock;
  private final Supplier<LeaderCall> numbered;
  private final Instant deadline;
  private final CompletableFuture<Done> result = new CompletableFuture<>();
  private LeaderCall call;
  private Duration pause = FIRST_PAUSE;
  private String trouble = "there is no leader";

  private LeaderSearch(
      Route route,
      Timers timers,
      InstantSource clock,
      Supplier<LeaderCall> numbered,
      Duration timeout) {
    this.route = route;
    this.timers = timers;
    this.clock = clock;
    this.numbered = numbered;
    this.deadline = clock.instant().plus(timeout);
    this.call = numbered.get();
  }

  /**
   * @param numbered makes the call under a number of its own, at each call
   * @return fails with {@link LinkException} when the time is over
   */
  static CompletableFuture<Done> start(
      Route route,
      Timers timers,
      InstantSource clock,
      Supplier<LeaderCall> numbered,
      Duration timeout) {
    var search = new LeaderSearch(route, timers, clock, numbered, timeout);
    var overall = timers.after(timeout, search::giveUp);
    search.result.whenComplete((_, _) -> overall.cancel());
    search.attempt(route.next());
    return search.result;
  }

  private void attempt(Optional<NodeName> node) {
    var left = Duration.between(clock.instant(), deadline);
    if (result.isDone() || left.isNegative() || left.isZero()) {
      return;
    }
    if (node.isEmpty()) {
      later();
      return;
    }
    var timeout = left.compareTo(ATTEMPT_TIMEOUT) < 0 ? left : ATTEMPT_TIMEOUT;
    route.call(node.get(), call, timeout).thenAccept(answer -> on(node.get(), answer));
  }

  private void on(NodeName node, LeaderCall.Answer answer) {
    switch (answer) {
      case Done done -> result.complete(done);
      case Forgotten() -> {
        call = numbered.get();
        attempt(Optional.of(node));
      }
      case NotLeader(var leader) -> {
        trouble = node + " does not lead";
        // Two nodes that take each other for the leader must not make us spin.
        if (pause.equals(FIRST_PAUSE) && leader.isPresent() && !leader.get().equals(node)) {
          pause = pause.multipliedBy(2);
          attempt(leader);
        } else {
          later();
        }
      }
      case Later(var reason) -> {
        trouble = node + ": " + reason;
        later();
      }
    }
  }

  private void later() {
    timers.after(pause, () -> attempt(route.next()));
    var doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private void giveUp() {
    result.completeExceptionally(new LinkException("no answer in time; last: " + trouble));
  }
}
