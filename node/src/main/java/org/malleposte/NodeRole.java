package org.malleposte;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.malleposte.cluster.RoleMachine;
import org.malleposte.cluster.RoleMachine.Decision;
import org.malleposte.cluster.RoleMachine.Observation;
import org.malleposte.cluster.RoleMachine.Order;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node is now: asks the {@link RoleMachine} several times a second and tells the others
 * of a change. Thread-safe.
 */
final class NodeRole {
  private static final Duration PERIOD = Duration.ofMillis(200);

  /**
   * A change of leader is no loss of the majority: what comes meanwhile waits a moment in the
   * commit.
   */
  private static final Duration LEADER_GRACE = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger(NodeRole.class);

  private final Member fixed;
  private final RoleMachine machine;
  private final Cluster cluster;
  private final BooleanSupplier majority;
  private final InstantSource clock;
  private volatile boolean ready;
  private volatile Decision decision = new Decision.Hold("starting");
  private Instant lastMajority = Instant.MIN; // guarded by machine
  private volatile Runnable onChange = () -> {};

  /**
   * @param fixed what never changes of this node
   * @param majority whether the store can be written
   */
  NodeRole(
      Member fixed,
      RoleMachine machine,
      Cluster cluster,
      BooleanSupplier majority,
      InstantSource clock) {
    this.fixed = fixed;
    this.machine = machine;
    this.cluster = cluster;
    this.majority = majority;
    this.clock = clock;
  }

  /**
   * Begins to decide.
   *
   * @param tell called when others should hear of a change
   */
  void start(Timers timers, Runnable tell) {
    onChange = tell;
    timers.every(PERIOD, this::decide);
  }

  /** The ports are open, or no longer. */
  void ready(boolean isReady) {
    ready = isReady;
    decide();
    onChange.run();
  }

  void order(Order order) {
    synchronized (machine) {
      machine.order(order);
    }
    decide();
  }

  Member self() {
    return new Member(
        fixed.name(),
        fixed.role(),
        decision.mayDeliver(),
        ready,
        fixed.spoolId(),
        fixed.storeId(),
        fixed.version(),
        fixed.addresses(),
        fixed.since());
  }

  Decision decision() {
    return decision;
  }

  boolean isReady() {
    return ready;
  }

  Map<String, String> facts() {
    return Map.of(NodeAdministration.REASON, decision.reason());
  }

  private void decide() {
    boolean changed;
    synchronized (machine) {
      var before = decision;
      decision = machine.on(observe(clock.instant()));
      changed = before.mayDeliver() != decision.mayDeliver();
    }
    if (changed) {
      LOG.info("{}: {}", decision.mayDeliver() ? "delivers" : "holds", decision.reason());
      onChange.run();
    }
  }

  private Observation observe(Instant now) {
    boolean primaryDelivers =
        cluster.view().others().stream()
            .anyMatch(m -> m.role() == Role.PRIMARY && m.ready() && m.mayDeliver());
    return new Observation(now, ready, hasMajority(now), primaryDelivers);
  }

  private boolean hasMajority(Instant now) {
    if (majority.getAsBoolean()) {
      lastMajority = now;
    }
    return !lastMajority.equals(Instant.MIN) && !lastMajority.plus(LEADER_GRACE).isBefore(now);
  }
}
