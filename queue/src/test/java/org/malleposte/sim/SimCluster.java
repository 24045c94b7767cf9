package org.malleposte.sim;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.link.ClusterView;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;

/** Three nodes, what lies between them, and what each believes of the others. */
final class SimCluster {
  static final Duration SILENCE = Duration.ofSeconds(4);
  static final Duration PROMOTE_AFTER = Duration.ofSeconds(20);
  static final Duration ADOPT_AFTER = Duration.ofSeconds(30);
  private static final Duration TICK = Duration.ofMillis(250);

  final SimWorld world;
  final SimMail mail;
  final SimDirectory.State directory = new SimDirectory.State();
  final Path temporary;
  final Map<String, SimNode> nodes = new LinkedHashMap<>();
  final List<String> trace = new ArrayList<>();
  int lossPercent;
  int doublesPercent = 2;
  boolean storeIsAway;
  boolean strict;
  boolean losesAnswers;
  int answersTakeMillis;
  boolean directoryIsWell;
  private final Map<String, Integer> islands = new LinkedHashMap<>();

  SimCluster(SimWorld world, Path temporary) {
    this.world = world;
    this.temporary = temporary;
    this.mail = new SimMail(world);
    add("a", Role.PRIMARY);
    add("b", Role.SECONDARY);
    add("c", Role.SECONDARY);
    nodes.values().forEach(SimNode::start);
    tick();
  }

  private void add(String name, Role role) {
    nodes.put(name, new SimNode(this, name, role));
    islands.put(name, 0);
  }

  void log(String line) {
    trace.add(world.instant() + " " + line);
  }

  /** Cuts one node off from the others. */
  void cutOff(String name) {
    islands.put(name, 1);
  }

  void heal() {
    islands.replaceAll((_, _) -> 0);
  }

  boolean connected(String one, String other) {
    return islands.get(one).equals(islands.get(other));
  }

  SimProcess process(String name) {
    return nodes.get(name).process;
  }

  Duration wireDelay() {
    // Mostly quick, now and then a pause that makes things overtake each other.
    return world.random.nextInt(50) == 0 ? world.upTo(1500) : world.upTo(4);
  }

  /** Whether what this process proposes to the store is accepted by a majority now. */
  boolean hasMajority(String name) {
    long together =
        nodes.values().stream()
            .filter(n -> n.process != null && n.process.runs() && connected(n.name, name))
            .count();
    return !storeIsAway && together >= 2;
  }

  private void tick() {
    for (var node : nodes.values()) {
      if (node.process != null && node.process.runs()) {
        hear(node);
      }
    }
    world.after(TICK, this::tick);
  }

  private void hear(SimNode node) {
    var now = world.instant();
    for (var other : nodes.values()) {
      if (other != node && connected(node.name, other.name) && other.process != null) {
        if (other.process.runs()) {
          node.process.heard.put(other.name, now);
        } else if (!other.process.isAlive() && world.random.nextBoolean()) {
          node.process.heard.remove(other.name);
        }
      }
    }
    // A node knows its own role before others hear of it.
    node.decideRole(now);
    node.process.see(membersFor(node, now));
  }

  List<Member> membersFor(SimNode node, Instant now) {
    var members = new ArrayList<Member>();
    for (var other : nodes.values()) {
      if (other == node) {
        members.add(node.member());
      } else {
        Optional.ofNullable(node.process.heard.get(other.name))
            .filter(at -> at.plus(SILENCE).isAfter(now))
            .ifPresent(_ -> members.add(other.member()));
      }
    }
    return members;
  }

  ClusterView firstView(SimNode node) {
    return new ClusterView(node.member().name(), List.of(node.member()), 1);
  }
}
