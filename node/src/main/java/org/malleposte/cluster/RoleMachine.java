package org.malleposte.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.malleposte.link.ClusterView.Role;

/**
 * Decides whether this node delivers (DESIGN §6). There is no election: the decision is a function
 * of what this node sees, its clock and its configuration. Two nodes that both deliver do no harm,
 * since deliveries are recognised by queue id; that none delivers is the harm, and time heals it.
 *
 * <p>Not thread-safe; the caller feeds it observations one at a time.
 */
public final class RoleMachine {
  /**
   * What this node sees now.
   *
   * @param at of the monotonic or wall clock, never going back
   * @param ready this node's ports are open and its spool is usable
   * @param majority the directory and all shards have a leader that a majority follows
   * @param primaryDelivers another live member of role primary says that it delivers
   */
  public record Observation(Instant at, boolean ready, boolean majority, boolean primaryDelivers) {}

  /** What the postmaster has said with {@code promote} or {@code demote}. */
  public enum Order {
    NONE,
    PROMOTE,
    DEMOTE
  }

  /** Whether this node delivers, and why, in words for {@code status}. */
  public sealed interface Decision {
    String reason();

    /** A primary at its work, or a secondary in its place. */
    record Deliver(boolean promoted, String reason) implements Decision {}

    /** It spools, and flushes to who delivers. */
    record Hold(String reason) implements Decision {}

    default boolean mayDeliver() {
      return this instanceof Deliver;
    }
  }

  private final Role role;
  private final Optional<Duration> promoteAfter;
  private Order order = Order.NONE;
  private Optional<Instant> noPrimarySince = Optional.empty();

  /**
   * @param promoteAfter how long a secondary waits for a primary; empty: for ever
   */
  public RoleMachine(Role role, Optional<Duration> promoteAfter) {
    this.role = role;
    this.promoteAfter = promoteAfter;
  }

  /** Holds until it is taken back with {@link Order#NONE}; a restart forgets it. */
  public void order(Order newOrder) {
    order = newOrder;
  }

  public Decision on(Observation seen) {
    noPrimarySince =
        seen.primaryDelivers() ? Optional.empty() : noPrimarySince.or(() -> Optional.of(seen.at()));
    if (!seen.ready()) {
      return new Decision.Hold("not ready");
    }
    if (order == Order.DEMOTE) {
      return new Decision.Hold("demoted by the postmaster");
    }
    if (!seen.majority()) {
      return new Decision.Hold("the store has no majority");
    }
    if (order == Order.PROMOTE) {
      return new Decision.Deliver(role == Role.SECONDARY, "promoted by the postmaster");
    }
    return switch (role) {
      case PRIMARY -> new Decision.Deliver(false, "primary");
      case SECONDARY -> standIn(seen);
    };
  }

  private Decision standIn(Observation seen) {
    if (noPrimarySince.isEmpty()) {
      return new Decision.Hold("a primary delivers");
    }
    if (promoteAfter.isEmpty()) {
      return new Decision.Hold("no primary; promotion is off");
    }
    var waited = Duration.between(noPrimarySince.get(), seen.at());
    return waited.compareTo(promoteAfter.get()) >= 0
        ? new Decision.Deliver(true, "no primary for " + promoteAfter.get().toSeconds() + " s")
        : new Decision.Hold(
            "no primary for "
                + waited.toSeconds()
                + " s, promoted after "
                + promoteAfter.get().toSeconds());
  }
}
