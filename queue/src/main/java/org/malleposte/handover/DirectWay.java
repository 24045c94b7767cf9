package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.delivery.LocalDelivery.LocalOutcome;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/**
 * Into the recipients' shards without the spool. A shard that has just let a mail wait for nothing
 * is not waited for by the next ones for a moment: they go to the spool at once. Thread-safe.
 */
final class DirectWay {
  /** DESIGN §4.3: then the spool takes it. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration AVOIDED_FOR = Duration.ofSeconds(1);

  private final LocalDelivery local;
  private final InstantSource clock;
  private final Map<String, Instant> avoided = new ConcurrentHashMap<>();

  DirectWay(LocalDelivery local, InstantSource clock) {
    this.local = local;
    this.clock = clock;
  }

  /** Tries once; an outcome for each target. */
  CompletableFuture<Map<Target.Local, LocalOutcome>> deliver(
      QueueId id, Envelope envelope, List<Target.Local> targets, MessageBody body) {
    var outcomes = new HashMap<Target.Local, LocalOutcome>();
    var open = new ArrayList<Target.Local>();
    for (var target : targets) {
      if (isAvoided(local.lane(target.account()))) {
        outcomes.put(target, new LocalOutcome.Unavailable("shard was away a moment ago"));
      } else {
        open.add(target);
      }
    }
    if (open.isEmpty()) {
      return CompletableFuture.completedFuture(outcomes);
    }
    return local
        .deliver(id, open, envelope, body, PATIENCE)
        .thenApply(
            answered -> {
              outcomes.putAll(answered);
              answered.forEach(this::note);
              return outcomes;
            });
  }

  private boolean isAvoided(String lane) {
    var until = avoided.get(lane);
    return until != null && clock.instant().isBefore(until);
  }

  private void note(Target.Local target, LocalOutcome outcome) {
    switch (outcome) {
      case LocalOutcome.Unavailable _ ->
          avoided.put(local.lane(target.account()), clock.instant().plus(AVOIDED_FOR));
      case LocalOutcome.Stored _, LocalOutcome.Deferred _, LocalOutcome.Failed _ -> {}
    }
  }
}
