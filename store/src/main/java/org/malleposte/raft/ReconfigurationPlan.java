package org.malleposte.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the leader of a group should change next: one peer at a time, so that a majority of the old
 * voters is always among the new ones. Pure.
 */
final class ReconfigurationPlan {
  /** More voters than three cost every write and save nobody; others could become listeners. */
  static final int MAX_VOTERS = 3;

  /** One step. */
  sealed interface Step {
    record Nothing() implements Step {}

    /**
     * @param voters the whole new list
     * @param joining who is new on it, and must hold the group before
     */
    record Change(List<Peer> voters, Optional<Peer> joining) implements Step {}

    /** The leader should be {@code to}, which is alive and has caught up. */
    record Transfer(Peer to) implements Step {}
  }

  private ReconfigurationPlan() {}

  /**
   * @param voters the stable configuration
   * @param self the leader
   * @param live the nodes with a store that are there now
   * @param steady whether one of them has been at work for a while, and is not about to stop
   * @param caughtUp whether a voter has almost all of the log
   */
  static Step next(
      List<Peer> voters,
      Peer.Id self,
      List<Peer> live,
      Predicate<Peer> steady,
      Predicate<Peer> caughtUp) {
    var refreshed = refreshed(voters, live, steady);
    return replacement(voters, live, refreshed)
        .or(() -> addition(voters, live, refreshed))
        .or(() -> priorities(voters, refreshed))
        .or(() -> transfer(voters, self, live.stream().filter(steady).toList(), caughtUp))
        .orElse(new Step.Nothing());
  }

  /**
   * A voter whose node is there with another disk will never vote again. With two voters there is
   * no majority to decide that; see {@link LoneSurvivor}.
   */
  private static Optional<Step> replacement(
      List<Peer> voters, List<Peer> live, List<Peer> refreshed) {
    if (voters.size() < MAX_VOTERS) {
      return Optional.empty();
    }
    for (var voter : voters) {
      var successor = successor(voter, live);
      if (successor.isPresent()) {
        var next = new ArrayList<>(refreshed);
        next.removeIf(p -> p.id().equals(voter.id()));
        var joining = successor.get().humble();
        next.add(joining);
        return Optional.of(new Step.Change(List.copyOf(next), Optional.of(joining)));
      }
    }
    return Optional.empty();
  }

  /** The same node, alive, with another disk. */
  static Optional<Peer> successor(Peer voter, List<Peer> live) {
    return live.stream()
        .filter(p -> p.name().equals(voter.name()) && !p.id().equals(voter.id()))
        .findFirst();
  }

  private static Optional<Step> addition(List<Peer> voters, List<Peer> live, List<Peer> refreshed) {
    if (voters.size() >= MAX_VOTERS) {
      return Optional.empty();
    }
    var names = voters.stream().map(Peer::name).toList();
    return live.stream()
        .filter(p -> !names.contains(p.name()))
        .min(Comparator.comparing(Peer::name))
        .map(Peer::humble)
        .map(
            joining -> {
              var next = new ArrayList<>(refreshed);
              next.add(joining);
              return new Step.Change(List.copyOf(next), Optional.of(joining));
            });
  }

  // Ratis takes a new address only together with another change.
  private static Optional<Step> priorities(List<Peer> voters, List<Peer> refreshed) {
    for (int i = 0; i < refreshed.size(); i++) {
      if (refreshed.get(i).priority() != voters.get(i).priority()) {
        return Optional.of(new Step.Change(refreshed, Optional.empty()));
      }
    }
    return Optional.empty();
  }

  /** The same voters with the addresses and priorities that they have now. */
  private static List<Peer> refreshed(List<Peer> voters, List<Peer> live, Predicate<Peer> steady) {
    return voters.stream()
        .map(
            v ->
                live.stream()
                    .filter(p -> p.id().equals(v.id()))
                    .findFirst()
                    // One that is about to stop has given its priority away, and one that has just
                    // started gets it when it is warm: until then a flush has better use for it.
                    .map(p -> steady.test(p) ? p : p.withPriority(v.priority()))
                    // Ratis would give it the lead in the moment of its return.
                    .orElseGet(v::humble))
        .toList();
  }

  private static Optional<Step> transfer(
      List<Peer> voters, Peer.Id self, List<Peer> live, Predicate<Peer> caughtUp) {
    int mine =
        voters.stream()
            .filter(p -> p.id().equals(self))
            .mapToInt(Peer::priority)
            .findFirst()
            .orElse(Integer.MAX_VALUE);
    var alive = live.stream().map(Peer::id).toList();
    int highest = voters.stream().mapToInt(Peer::priority).max().orElse(mine);
    // Ratis refuses to hand over to any but the highest.
    return voters.stream()
        .filter(p -> p.priority() == highest && highest > mine)
        .filter(p -> alive.contains(p.id()))
        .filter(caughtUp)
        .findFirst()
        .map(Step.Transfer::new);
  }
}
