package org.malleposte.raft;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.malleposte.link.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second, and whenever the view of the cluster changes, what this node's groups need:
 * other voters, another leader, the other's new address, or to go on alone.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  // Long after every election that can succeed has.
  private static final Duration LEADERLESS = Duration.ofSeconds(6);

  private final RaftSettings settings;
  private final GroupHost host;
  private final List<RaftGroup> groups;
  private final List<Reconfiguration> reconfigurations;
  private final Cluster cluster;
  private final Founding founding;
  private final InstantSource clock;
  private final Executor executor;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final Map<RaftGroup, Instant> leaderlessSince = new HashMap<>();
  // It may only be on the way to be closed by us, so it is looked at twice.
  private final Set<RaftGroup> endedBefore = new HashSet<>();

  /**
   * @param executor for work that waits; virtual threads
   */
  Upkeep(
      RaftSettings settings,
      GroupHost host,
      List<RaftGroup> groups,
      Cluster cluster,
      Founding founding,
      InstantSource clock,
      Executor executor) {
    this.settings = settings;
    this.host = host;
    this.groups = groups;
    this.cluster = cluster;
    this.founding = founding;
    this.clock = clock;
    this.executor = executor;
    reconfigurations =
        groups.stream()
            .map(
                g ->
                    new Reconfiguration(
                        g,
                        settings.self(),
                        cluster,
                        founding,
                        settings.tuning().warmUp(),
                        clock,
                        executor))
            .toList();
  }

  /** Returns at once. */
  void tick() {
    host.running()
        .ifPresent(
            now -> {
              reconfigurations.forEach(r -> r.tick(now.server(), now.founding()));
              if (busy.compareAndSet(false, true)) {
                executor.execute(() -> look(now));
              }
            });
  }

  private void look(GroupHost.Running now) {
    try {
      for (var group : groups) {
        host.heard(group.voters());
        group.peer().ifPresent(LocalPeer::keepUpWithTransfer);
        lookForEnded(group);
        lookForSurvivor(group, now.founding());
      }
      host.followMoved();
    } catch (IOException | CompletionException e) {
      LOG.warn("upkeep of the store: {}", e.toString());
    } finally {
      busy.set(false);
    }
  }

  /** Ratis ends a group by itself when it was voted out, and when it has failed inside. */
  private void lookForEnded(RaftGroup group) {
    boolean ended = group.peer().map(LocalPeer::hasEndedUnasked).orElse(false);
    if (!ended) {
      endedBefore.remove(group);
    } else if (!endedBefore.add(group)) {
      LOG.error("group {} was ended by Ratis, see its log", group.number());
      group.failed("ended by Ratis");
    }
  }

  private void lookForSurvivor(RaftGroup group, FoundingRecord record) throws IOException {
    var live = Peer.live(cluster.view());
    if (!group.isStable()
        || group.leader().isPresent()
        || !LoneSurvivor.isOne(group.voters(), settings.self(), live)) {
      leaderlessSince.remove(group);
      return;
    }
    var since = leaderlessSince.computeIfAbsent(group, _ -> clock.instant());
    if (clock.instant().isBefore(since.plus(LEADERLESS))) {
      return;
    }
    for (var voter : group.voters()) {
      var successor = ReconfigurationPlan.successor(voter, live);
      if (successor.isPresent() && founding.holds(successor.get(), record)) {
        var self = group.voters().stream().filter(p -> p.id().equals(settings.self())).findFirst();
        host.goOnAlone(group, self.orElseThrow());
        leaderlessSince.remove(group);
        return;
      }
    }
  }
}
