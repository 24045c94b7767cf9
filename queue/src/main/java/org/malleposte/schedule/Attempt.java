package org.malleposte.schedule;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ObjIntConsumer;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryAgent;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.delivery.DeliveryOutcome.Reach;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.delivery.LocalDelivery.LocalOutcome;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Futures;
import org.malleposte.schedule.DestinationHealth.Limits;
import org.malleposte.schedule.DestinationHealth.Permit;
import org.malleposte.spool.SpoolEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings an entry to those of its targets whose destinations take mail now. Belongs to the
 * scheduler's serial executor; what it starts runs elsewhere.
 */
final class Attempt {
  private static final Duration LOCAL_PATIENCE = Duration.ofSeconds(10);

  /** A shard that comes back is found soon, since one mail tries it. */
  private static final Limits LOCAL =
      new Limits(DeliveryScheduler.MAX_RUNNING, Duration.ofSeconds(1), Duration.ofSeconds(15));

  /** Other hosts have limits too. */
  private static final Limits REMOTE = new Limits(20, Duration.ofMinutes(1), Duration.ofHours(1));

  private static final EnhancedStatus AWAY = new EnhancedStatus(4, 3, 2);
  private static final EnhancedStatus BROKEN = new EnhancedStatus(4, 3, 0);

  /** Network and routing (RFC 3463 §3.5): the destination fails, not this mail. */
  private static final int NETWORK_SUBJECT = 4;

  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** Targets with one destination. */
  private record Group(String destination, List<Target> targets) {
    boolean isLocal() {
      return targets.getFirst() instanceof Target.Local;
    }

    Limits limits() {
      return isLocal() ? LOCAL : REMOTE;
    }
  }

  /** What can be done with an entry now. */
  sealed interface Plan {
    /** Some targets go. */
    record Go(List<String> destinations) implements Plan {}

    /** None goes; all of these destinations keep them waiting. */
    record Park(List<String> destinations, boolean down) implements Plan {}
  }

  /** How it went. */
  record Ended(Map<Target, DeliveryOutcome> outcomes, Set<Target> away, List<String> awayLanes) {}

  private final LocalDelivery local;
  private final DeliveryAgent remote;
  private final DestinationHealth health;
  private final Executor virtual;
  private final Executor serial;
  private final ObjIntConsumer<String> onDestinationEnded;
  private final InstantSource clock;

  /**
   * @param onDestinationEnded a mail to it has ended: so many others may go
   */
  Attempt(
      LocalDelivery local,
      DeliveryAgent remote,
      DestinationHealth health,
      Executor virtual,
      Executor serial,
      InstantSource clock,
      ObjIntConsumer<String> onDestinationEnded) {
    this.local = local;
    this.remote = remote;
    this.health = health;
    this.virtual = virtual;
    this.serial = serial;
    this.clock = clock;
    this.onDestinationEnded = onDestinationEnded;
  }

  private String destination(Target target) {
    return switch (target) {
      case Target.Local(var account, _, _) -> "local " + local.lane(account);
      case Target.Remote(var address, _, _) -> remote(address.domain());
    };
  }

  static String remote(Domain domain) {
    return "remote " + domain;
  }

  private List<Group> groups(List<Target> targets) {
    var byName = new LinkedHashMap<String, List<Target>>();
    for (var target : targets) {
      byName.computeIfAbsent(destination(target), _ -> new ArrayList<>()).add(target);
    }
    return byName.entrySet().stream().map(e -> new Group(e.getKey(), e.getValue())).toList();
  }

  /**
   * Starts for those that may go.
   *
   * @return what was planned, and if some went, how it will have ended
   */
  Started start(SpoolEntry entry, List<Target> targets, MessageBody body) {
    var now = clock.instant();
    var go = new ArrayList<Group>();
    var wait = new ArrayList<String>();
    boolean down = true;
    for (var group : groups(targets)) {
      switch (health.ask(group.destination(), group.limits(), now)) {
        case Permit.Go _ -> go.add(group);
        case Permit.Busy _ -> {
          wait.add(group.destination());
          down = false;
        }
        case Permit.Down _ -> wait.add(group.destination());
      }
    }
    if (go.isEmpty()) {
      return new Started(new Plan.Park(wait, down), new CompletableFuture<>());
    }
    return new Started(
        new Plan.Go(go.stream().map(Group::destination).toList()), run(entry, go, body));
  }

  record Started(Plan plan, CompletableFuture<Ended> ended) {}

  private CompletableFuture<Ended> run(SpoolEntry entry, List<Group> go, MessageBody body) {
    var parts = new ArrayList<CompletableFuture<Ended>>();
    for (var group : go) {
      var part = group.isLocal() ? toStore(entry, group, body) : toHost(entry, group, body);
      parts.add(part.whenCompleteAsync((ended, _) -> ended(group, ended), serial));
    }
    return Futures.all(parts).thenApply(Attempt::merged);
  }

  private void ended(Group group, Ended ended) {
    var now = clock.instant();
    boolean failed =
        ended == null || group.targets().stream().allMatch(t -> isNetworkFailure(ended, t));
    health.ended(group.destination(), failed, group.limits(), now);
    onDestinationEnded.accept(
        group.destination(), health.free(group.destination(), group.limits()));
  }

  private static boolean isNetworkFailure(Ended ended, Target target) {
    return ended.away().contains(target)
        || target instanceof Target.Remote
            && ended.outcomes().get(target) instanceof DeliveryOutcome.Deferred(var status, _)
            && status.subject() == NETWORK_SUBJECT;
  }

  private static Ended merged(List<Ended> parts) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    var away = new HashSet<Target>();
    var lanes = new ArrayList<String>();
    for (var part : parts) {
      outcomes.putAll(part.outcomes());
      away.addAll(part.away());
      lanes.addAll(part.awayLanes());
    }
    return new Ended(outcomes, away, lanes);
  }

  private CompletableFuture<Ended> toStore(SpoolEntry entry, Group group, MessageBody body) {
    var targets = group.targets().stream().map(Target.Local.class::cast).toList();
    return local
        .deliver(entry.id(), targets, entry.envelope(), body, LOCAL_PATIENCE)
        .thenApply(outcomes -> ofStore(group, outcomes))
        .exceptionally(e -> allAway(group, Futures.reason(e)));
  }

  private static Ended ofStore(Group group, Map<Target.Local, LocalOutcome> answered) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    var away = new HashSet<Target>();
    for (var target : group.targets()) {
      outcomes.put(
          target,
          switch (answered.get(target)) {
            case null -> new DeliveryOutcome.Deferred(BROKEN, "no outcome");
            case LocalOutcome.Stored(var repeated) ->
                new DeliveryOutcome.Delivered(repeated ? "was stored" : "stored", Reach.MAILBOX);
            case LocalOutcome.Unavailable(var detail) -> {
              away.add(target);
              yield new DeliveryOutcome.Deferred(AWAY, detail);
            }
            case LocalOutcome.Deferred(var status, var text) ->
                new DeliveryOutcome.Deferred(status, text);
            case LocalOutcome.Failed(var status, var text) ->
                new DeliveryOutcome.Failed(status, text);
          });
    }
    return new Ended(outcomes, away, away.isEmpty() ? List.of() : List.of(group.destination()));
  }

  private static Ended allAway(Group group, String why) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    group.targets().forEach(t -> outcomes.put(t, new DeliveryOutcome.Deferred(AWAY, why)));
    return new Ended(outcomes, Set.copyOf(group.targets()), List.of(group.destination()));
  }

  private CompletableFuture<Ended> toHost(SpoolEntry entry, Group group, MessageBody body) {
    return Futures.call(virtual, () -> remote.deliver(entry, group.targets(), body))
        .exceptionally(
            e -> {
              LOG.error("{} at {}", entry.id(), group.destination(), Futures.cause(e));
              return Map.of();
            })
        .thenApply(
            answered -> {
              var outcomes = new HashMap<Target, DeliveryOutcome>();
              for (var target : group.targets()) {
                outcomes.put(
                    target,
                    answered.getOrDefault(
                        target, new DeliveryOutcome.Deferred(BROKEN, "delivery agent failed")));
              }
              return new Ended(outcomes, Set.of(), List.of());
            });
  }
}
