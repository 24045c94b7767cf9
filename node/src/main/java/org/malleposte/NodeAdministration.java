package org.malleposte;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.ClusterOperations;
import org.malleposte.admin.ClusterStatus;
import org.malleposte.admin.ClusterStatus.NodeStatus;
import org.malleposte.admin.ClusterStatus.ShardStatus;
import org.malleposte.admin.ClusterStatus.SpoolDepth;
import org.malleposte.admin.Health;
import org.malleposte.cluster.Membership;
import org.malleposte.cluster.RoleMachine.Order;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.raft.GroupHealth.Condition;
import org.malleposte.reload.ClusterReload;

/** What a postmaster and an orchestrator ask of this node. */
final class NodeAdministration implements ClusterOperations, Health {
  /** Facts that each node tells of itself, see {@link Membership#facts()}. */
  static final String REASON = "reason";

  static final String SPOOLED = "spool.entries";
  static final String SPOOLED_BYTES = "spool.bytes";
  static final String COPIES = "copies";

  private final String cluster;
  private final Membership membership;
  private final NodeStore store;
  private final NodeRole role;
  private final ClusterReload reload;

  /**
   * @param reload reads tables, accounts and certificates again
   */
  NodeAdministration(
      String cluster, Membership membership, NodeStore store, NodeRole role, ClusterReload reload) {
    this.cluster = cluster;
    this.membership = membership;
    this.store = store;
    this.role = role;
    this.reload = reload;
  }

  @Override
  public CompletableFuture<ClusterStatus> status() {
    var view = membership.view();
    var facts = membership.facts();
    var nodes =
        view.members().stream()
            .map(
                m -> {
                  var own = facts.getOrDefault(m.name(), Map.of());
                  return new NodeStatus(m, own.getOrDefault(REASON, ""), depth(own));
                })
            .toList();
    var shards =
        store.groups().stream()
            .map(g -> g.health())
            .map(h -> new ShardStatus(NodeStore.groupName(h.group()), h.leader(), h.applied()))
            .toList();
    return CompletableFuture.completedFuture(
        new ClusterStatus(cluster, view.self(), store.hasMajority(), nodes, shards));
  }

  private static Optional<SpoolDepth> depth(Map<String, String> facts) {
    return facts.containsKey(SPOOLED)
        ? Optional.of(
            new SpoolDepth(
                number(facts, SPOOLED), number(facts, SPOOLED_BYTES), number(facts, COPIES)))
        : Optional.empty();
  }

  private static long number(Map<String, String> facts, String name) {
    return Long.parseLong(facts.getOrDefault(name, "0"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> promote() {
    role.order(Order.PROMOTE);
    return role.decision().mayDeliver()
        ? answered(new AdminAnswer.Done<>(membership.view().self() + " delivers now"))
        : answered(
            new AdminAnswer.Unavailable<>(
                "ordered, but it cannot deliver yet: " + role.decision().reason()));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> demote() {
    // A secondary goes back to its own rule; a primary is told to hold until it is promoted again.
    role.order(role.self().role() == Role.PRIMARY ? Order.DEMOTE : Order.NONE);
    return answered(
        new AdminAnswer.Done<>(membership.view().self() + ": " + role.decision().reason()));
  }

  @Override
  public CompletableFuture<AdminAnswer<Reloaded>> reload(ReloadScope scope) {
    return switch (scope) {
      case CLUSTER -> reload.everywhere();
      case NODE -> reload.here();
    };
  }

  @Override
  public List<String> deadly() {
    var reasons = new ArrayList<String>();
    store.failure().ifPresent(reasons::add);
    for (var group : store.groups()) {
      if (group.health().condition() instanceof Condition.Failed(var reason)) {
        reasons.add(NodeStore.groupName(group.number()) + " has failed on this node: " + reason);
      }
    }
    return reasons;
  }

  @Override
  public List<String> unready() {
    return role.isReady() ? deadly() : List.of("starting or draining");
  }

  private static <T> CompletableFuture<AdminAnswer<T>> answered(AdminAnswer<T> answer) {
    return CompletableFuture.completedFuture(answer);
  }
}
