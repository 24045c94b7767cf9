package org.malleposte.admin;

import java.util.List;
import java.util.Optional;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;

/**
 * The cluster as one node sees it.
 *
 * @param majority whether every shard has a leader that this node knows: mail can be stored
 * @param nodes the live ones, in the order of their names
 */
public record ClusterStatus(
    String cluster,
    NodeName self,
    boolean majority,
    List<NodeStatus> nodes,
    List<ShardStatus> shards) {

  /**
   * @param reason why it delivers, or does not, in a few words
   * @param spool empty when the node has not said
   */
  public record NodeStatus(Member member, String reason, Optional<SpoolDepth> spool) {}

  /**
   * @param entries waiting
   * @param bytes of their bodies
   * @param copies held for other nodes
   */
  public record SpoolDepth(long entries, long bytes, long copies) {}

  /**
   * @param name the directory, or the number of a shard
   * @param leader empty without a majority
   * @param applied the log index up to which this node has it
   */
  public record ShardStatus(String name, Optional<NodeName> leader, long applied) {}

  public ClusterStatus {
    nodes = List.copyOf(nodes);
    shards = List.copyOf(shards);
  }
}
