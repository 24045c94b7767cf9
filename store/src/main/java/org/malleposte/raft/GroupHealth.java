package org.malleposte.raft;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.malleposte.link.NodeName;

/**
 * One group as this node sees it, for metrics and for the console.
 *
 * @param group 0 is the directory
 * @param term of the election that this node last heard of
 * @param committed index of the last entry that is known to be committed
 * @param applied index of the last entry that is in this node's state
 * @param peers the voters by this node's latest configuration
 * @param sinceContact how long ago a follower heard its leader; zero on a leader
 */
public record GroupHealth(
    int group,
    Condition condition,
    Optional<NodeName> leader,
    long term,
    long committed,
    long applied,
    List<NodeName> peers,
    Duration sinceContact) {
  /** What this node does in the group. */
  public sealed interface Condition {
    /** The store is not founded, or the group is being opened. */
    record Closed() implements Condition {}

    /** Open, but no peer: it waits to be added, or is one too many. */
    record Spare() implements Condition {}

    record Leader() implements Condition {}

    record Follower() implements Condition {}

    record Candidate() implements Condition {}

    /** Ended on this node, with the reason; it needs an operator. */
    record Failed(String reason) implements Condition {}
  }

  public GroupHealth {
    peers = List.copyOf(peers);
  }
}
