package org.malleposte.raft;

import java.util.Comparator;
import java.util.Optional;
import org.malleposte.link.NodeName;

/** What one node knows, and keeps on disk, of the founding of the store. */
sealed interface FoundingState {
  /** A number that orders the attempts to found; two nodes never use the same one. */
  record Ballot(long round, NodeName proposer) implements Comparable<Ballot> {
    @Override
    public int compareTo(Ballot other) {
      return Comparator.comparingLong(Ballot::round)
          .thenComparing(Ballot::proposer)
          .compare(this, other);
    }
  }

  /** This node agreed to {@code record}; whether all did, it does not know. */
  record Vote(Ballot ballot, FoundingRecord record) {}

  /**
   * Not founded, as far as this node knows.
   *
   * @param promised it takes no part in attempts with a lower number
   */
  record Open(Optional<Ballot> promised, Optional<Vote> vote) implements FoundingState {
    static final Open NEW = new Open(Optional.empty(), Optional.empty());

    boolean mayPromise(Ballot ballot) {
      return promised.map(p -> p.compareTo(ballot) < 0).orElse(true);
    }

    boolean mayVote(Ballot ballot) {
      return promised.map(p -> p.compareTo(ballot) <= 0).orElse(true);
    }
  }

  /** Final. */
  record Founded(FoundingRecord record) implements FoundingState {}
}
