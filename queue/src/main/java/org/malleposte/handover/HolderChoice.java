package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;

/**
 * Whom to ask to hold a copy: any other live and ready node, those first that have answered. A node
 * that has not is asked last for some seconds; then one mail tries it again, first, so that a hung
 * node costs one mail its patience now and then. Thread-safe.
 */
final class HolderChoice {
  private static final Duration FIRST_SHUNNING = Duration.ofSeconds(5);
  private static final Duration LONGEST_SHUNNING = Duration.ofSeconds(60);

  // Mails in a row that go to the same holder share its requests and syncs.
  private static final int STREAK = 16;

  private sealed interface Doubt {
    Duration length();

    record Shunned(Instant until, Duration length) implements Doubt {}

    /** One mail is on its way to it. */
    record Probed(Duration length) implements Doubt {}
  }

  private final Map<NodeName, Doubt> doubts = new HashMap<>();
  private int turn;

  /** All that may hold a copy, the best first. */
  synchronized List<Member> rank(ClusterView view, Instant now) {
    var due = new ArrayList<Member>();
    var good = new ArrayList<Member>();
    var doubtful = new ArrayList<Member>();
    for (var member : view.others()) {
      if (member.ready() && !member.spoolId().isEmpty()) {
        switch (doubts.get(member.name())) {
          case null -> good.add(member);
          case Doubt.Shunned(var until, _) when !now.isBefore(until) -> due.add(member);
          case Doubt.Shunned _, Doubt.Probed _ -> doubtful.add(member);
        }
      }
    }
    if (good.size() > 1) {
      // In turn, so that the copies of a busy node do not all burden one other.
      Collections.rotate(good, Math.floorMod(turn++ / STREAK, good.size()));
    }
    due.addAll(good);
    due.addAll(doubtful);
    return due;
  }

  /** A mail goes to it. */
  synchronized void chosen(NodeName node, Instant now) {
    if (doubts.get(node) instanceof Doubt.Shunned(var until, var length) && !now.isBefore(until)) {
      doubts.put(node, new Doubt.Probed(length));
    }
  }

  synchronized void answered(NodeName node) {
    doubts.remove(node);
  }

  synchronized void silent(NodeName node, Instant now) {
    switch (doubts.get(node)) {
      case null -> shun(node, now, FIRST_SHUNNING);
      case Doubt.Probed(var length) -> shun(node, now, length.multipliedBy(2));
      case Doubt.Shunned _ -> {} // of the same silence
    }
  }

  private void shun(NodeName node, Instant now, Duration length) {
    var bounded = length.compareTo(LONGEST_SHUNNING) > 0 ? LONGEST_SHUNNING : length;
    doubts.put(node, new Doubt.Shunned(now.plus(bounded), bounded));
  }
}
