package org.malleposte.link;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this node believes of the cluster at one moment: who is there, in which role, ready for
 * what. Immutable. A member that is gone, or has not been heard for some seconds, is not in it.
 *
 * @param self this node, always among the members
 * @param members in the order of their names
 * @param version grows with every view of this process
 */
public record ClusterView(NodeName self, List<Member> members, long version) {
  /** The configured role. */
  public enum Role {
    PRIMARY,
    SECONDARY
  }

  /**
   * One live node.
   *
   * @param role what its configuration says
   * @param mayDeliver it delivers now: a ready primary, or a promoted secondary
   * @param ready its ports are open and its spool is usable
   * @param spoolId names the disk behind its spool: another id means that the disk was replaced
   * @param storeId names the disk behind its store; empty on a front node
   * @param version the program's version
   * @param addresses of its services by name: {@code smtp, imap, pop3, http, hazelcast, eventbus,
   *     raft}, each {@code host:port}, the first listener of its kind
   * @param since when it joined, by its own clock
   */
  public record Member(
      NodeName name,
      Role role,
      boolean mayDeliver,
      boolean ready,
      String spoolId,
      String storeId,
      String version,
      Map<String, String> addresses,
      Instant since) {
    public Member {
      addresses = Map.copyOf(addresses);
    }
  }

  public ClusterView {
    members = List.copyOf(members);
  }

  public Optional<Member> member(NodeName name) {
    return members.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  /** Everyone but this node. */
  public List<Member> others() {
    return members.stream().filter(m -> !m.name().equals(self)).toList();
  }

  /** Nodes to which a flush may go. */
  public List<Member> deliverers() {
    return members.stream().filter(m -> m.ready() && m.mayDeliver()).toList();
  }
}
