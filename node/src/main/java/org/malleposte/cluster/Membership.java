package org.malleposte.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeName;

/**
 * Who is there: every node that has been heard within {@link #SILENCE}, and has not been seen to
 * leave. Hazelcast tells of a death in half a second but of a hang only after its own time-out; the
 * status that each node sends twice a second tells of both.
 *
 * <p>Thread-safe. Listeners are called under the lock, one at a time and in order, and must not
 * block.
 */
public final class Membership implements Cluster {
  /** A node that is silent for this long is treated as gone; it comes back with its next word. */
  public static final Duration SILENCE = Duration.ofSeconds(4);

  private record Heard(NodeStatus status, Instant at) {}

  private final NodeName self;
  private final InstantSource clock;
  private final Map<NodeName, Heard> others = new HashMap<>();
  private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
  private NodeStatus own;
  private volatile ClusterView view;

  public Membership(Member own, InstantSource clock) {
    this.self = own.name();
    this.clock = clock;
    this.own = new NodeStatus(own, "", 0, Map.of());
    this.view = new ClusterView(self, List.of(own), 1);
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    listeners.add(listener);
  }

  /** What this node says of itself from now on. */
  synchronized void say(NodeStatus status) {
    own = status;
    refresh();
  }

  /** Another node has said something. */
  synchronized void hear(NodeStatus status) {
    var name = status.member().name();
    if (name.equals(self)) {
      return; // our own word, or a node that took our name, which the gate has refused
    }
    var before = others.get(name);
    if (before != null && isStale(status, before.status())) {
      return;
    }
    others.put(name, new Heard(status, clock.instant()));
    refresh();
  }

  /** The process behind {@code transportId} has died. */
  public synchronized void leave(String transportId) {
    if (others.values().removeIf(h -> h.status().transportId().equals(transportId))) {
      refresh();
    }
  }

  /** Time has passed: forgets who has been silent too long. */
  synchronized void tick() {
    var limit = clock.instant().minus(SILENCE);
    if (others.values().removeIf(h -> h.at().isBefore(limit))) {
      refresh();
    }
  }

  /** The last words of all live nodes, this one included, by name. */
  synchronized List<NodeStatus> statuses() {
    var all = new ArrayList<NodeStatus>();
    all.add(own);
    others.values().forEach(h -> all.add(h.status()));
    all.sort(Comparator.comparing(s -> s.member().name()));
    return all;
  }

  /** What each live node tells the postmaster of itself, this one included. */
  public synchronized Map<NodeName, Map<String, String>> facts() {
    var facts = new TreeMap<NodeName, Map<String, String>>();
    statuses().forEach(s -> facts.put(s.member().name(), s.facts()));
    return facts;
  }

  // Words of one process come in order; a word of another process with this name is news.
  private static boolean isStale(NodeStatus status, NodeStatus before) {
    return status.transportId().equals(before.transportId())
        && status.sequence() <= before.sequence();
  }

  private void refresh() {
    var members = new ArrayList<Member>();
    for (var status : statuses()) {
      members.add(status.member());
    }
    if (members.equals(view.members())) {
      return;
    }
    view = new ClusterView(self, members, view.version() + 1);
    for (var listener : listeners) {
      listener.accept(view);
    }
  }
}
