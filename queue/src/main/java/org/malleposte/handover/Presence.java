package org.malleposte.handover;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;

/**
 * Which disks are here, and since when others are away, as far as this process has seen. Not
 * thread-safe.
 */
final class Presence {
  /** Where a disk is. */
  sealed interface Where {
    record Here() implements Where {}

    /** Its node is here with another disk: this one is lost, or at least not in use. */
    record Replaced() implements Where {}

    record Away(Instant since) implements Where {}
  }

  private final Map<String, Instant> awaySince = new HashMap<>();
  private final Set<String> here = new LinkedHashSet<>();
  private ClusterView view;

  Presence(ClusterView view, Instant now) {
    on(view, now);
  }

  /**
   * @return disks that are here again, and how long they were away
   */
  Map<String, Duration> on(ClusterView next, Instant now) {
    view = next;
    var back = new HashMap<String, Duration>();
    var before = List.copyOf(here);
    here.clear();
    for (var member : next.members()) {
      if (!member.spoolId().isEmpty()) {
        here.add(member.spoolId());
        var since = awaySince.remove(member.spoolId());
        if (since != null) {
          back.put(member.spoolId(), Duration.between(since, now));
        }
      }
    }
    for (var gone : before) {
      if (!here.contains(gone)) {
        awaySince.put(gone, now);
      }
    }
    return back;
  }

  Where where(NodeName node, String spoolId, Instant now) {
    if (here.contains(spoolId)) {
      return new Where.Here();
    }
    boolean otherDisk =
        view.member(node).map(Member::spoolId).filter(other -> !other.isEmpty()).isPresent();
    return otherDisk
        ? new Where.Replaced()
        : new Where.Away(awaySince.computeIfAbsent(spoolId, _ -> now));
  }

  /** The node that has this disk now. */
  Optional<NodeName> nodeOf(String spoolId) {
    return view.members().stream()
        .filter(m -> m.spoolId().equals(spoolId))
        .map(Member::name)
        .findFirst();
  }

  ClusterView view() {
    return view;
  }
}
