package org.malleposte.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How each destination does: a shard, or a domain elsewhere. One that fails is left alone for a
 * while, longer each time; then one mail tries it. One that is well gets only so many mails at
 * once. Destinations that are well and idle cost nothing. Not thread-safe.
 */
final class DestinationHealth {
  /**
   * @param concurrency mails to one destination at once
   * @param first pause after a failure; it doubles with each further one
   * @param longest pause
   */
  record Limits(int concurrency, Duration first, Duration longest) {}

  /** Whether a mail may go now. */
  sealed interface Permit {
    record Go() implements Permit {}

    /** As many as may are on their way: wait for one to end. */
    record Busy() implements Permit {}

    /** It fails: wait for the one that tries it. */
    record Down() implements Permit {}
  }

  private sealed interface State {
    record Up(int running) implements State {}

    record Paused(int running, int failures, Instant until) implements State {}

    /** One mail tries it. */
    record Probed(int running, int failures) implements State {}
  }

  private final Map<String, State> states = new HashMap<>();

  /** Asks for a mail; Go counts it as on its way until {@link #ended}. */
  Permit ask(String destination, Limits limits, Instant now) {
    return switch (states.get(destination)) {
      case null -> go(destination, new State.Up(1));
      case State.Up(var running) ->
          running < limits.concurrency()
              ? go(destination, new State.Up(running + 1))
              : new Permit.Busy();
      case State.Paused(var running, var failures, var until) ->
          now.isBefore(until)
              ? new Permit.Down()
              : go(destination, new State.Probed(running + 1, failures));
      case State.Probed _ -> new Permit.Down();
    };
  }

  private Permit go(String destination, State next) {
    states.put(destination, next);
    return new Permit.Go();
  }

  /**
   * A mail that had gone has ended.
   *
   * @param failed the destination did, not just this mail
   */
  void ended(String destination, boolean failed, Limits limits, Instant now) {
    var next =
        switch (states.get(destination)) {
          case null -> new State.Up(0);
          case State.Up(var running) ->
              failed ? paused(running - 1, 1, limits, now) : new State.Up(running - 1);
          case State.Paused(var running, var failures, var until) ->
              failed
                  ? new State.Paused(running - 1, failures, until) // of the same breakdown
                  : new State.Up(running - 1);
          case State.Probed(var running, var failures) ->
              failed ? paused(running - 1, failures + 1, limits, now) : new State.Up(running - 1);
        };
    if (next instanceof State.Up(var running) && running <= 0) {
      states.remove(destination);
    } else {
      states.put(destination, next);
    }
  }

  private static State paused(int running, int failures, Limits limits, Instant now) {
    var pause = limits.first().multipliedBy(1L << Math.min(failures - 1, 20));
    return new State.Paused(
        running,
        failures,
        now.plus(pause.compareTo(limits.longest()) > 0 ? limits.longest() : pause));
  }

  /** How many more mails may go to it now; none while it is down. */
  int free(String destination, Limits limits) {
    return switch (states.get(destination)) {
      case null -> limits.concurrency();
      case State.Up(var running) -> limits.concurrency() - running;
      case State.Paused _, State.Probed _ -> 0;
    };
  }

  /** Nobody waits for it: the next mail finds out how it does. */
  void forget(String destination) {
    if (states.get(destination) instanceof State.Paused(var running, _, _) && running == 0) {
      states.remove(destination);
    }
  }

  /** Until when destinations are left alone; in the past: one may be tried, and is not yet. */
  Map<String, Instant> pauses() {
    var pauses = new HashMap<String, Instant>();
    states.forEach(
        (destination, state) -> {
          if (state instanceof State.Paused(_, _, var until)) {
            pauses.put(destination, until);
          }
        });
    return pauses;
  }

  /** Those are to be tried now. */
  void hurry(Predicate<String> destinations, Instant now) {
    states.replaceAll(
        (destination, state) ->
            destinations.test(destination)
                    && state instanceof State.Paused(var running, var failures, _)
                ? new State.Paused(running, failures, now)
                : state);
  }
}
