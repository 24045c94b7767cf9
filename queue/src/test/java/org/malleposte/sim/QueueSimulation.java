package org.malleposte.sim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.Mails;

/**
 * A cluster of three under load, with crashes, hangs, partitions, full disks, lost and doubled
 * messages, one disk lost; then peace; then the account. Everything follows from the seed.
 */
final class QueueSimulation {
  private static final Duration TROUBLE = Duration.ofSeconds(240);
  private static final Duration PEACE = Duration.ofHours(6);

  final SimWorld world;
  final SimCluster cluster;
  final Map<QueueId, List<Target>> sent = new LinkedHashMap<>();
  final Set<QueueId> acknowledged = new LinkedHashSet<>();
  final Set<QueueId> refused = new LinkedHashSet<>();
  final Set<QueueId> alone = new LinkedHashSet<>();
  private final Set<QueueId> toConfirm = new LinkedHashSet<>();
  private final Set<QueueId> reportsLostAlone = new LinkedHashSet<>();
  int crashes;
  int wipes;
  private boolean troubled = true;

  QueueSimulation(long seed, Path temporary) {
    world = new SimWorld(seed);
    cluster = new SimCluster(world, temporary);
  }

  /**
   * @return what is wrong, empty when nothing is
   */
  List<String> run() {
    world.run(Duration.ofSeconds(2));
    client();
    fault();
    world.run(TROUBLE);
    makePeace();
    for (int i = 0; i < PEACE.toMinutes() && !isEmpty(); i++) {
      world.run(Duration.ofMinutes(1));
    }
    return account();
  }

  private void client() {
    if (!troubled) {
      return;
    }
    var nodes = List.copyOf(cluster.nodes.values());
    var node = nodes.get(world.random.nextInt(nodes.size()));
    if (node.process != null && node.process.runs()) {
      send(node);
    }
    world.after(world.upTo(world.random.nextInt(20) == 0 ? 3000 : 300), this::client);
  }

  private void send(SimNode node) {
    var id = QueueId.create(world.instant(), world.random);
    var targets = targets();
    int size = world.random.nextInt(60) == 0 ? 300_000 : 1 + world.random.nextInt(200);
    var body = new byte[size];
    world.random.nextBytes(body);
    cluster.mail.bodies.put(id, body);
    sent.put(id, targets);
    cluster.log(node + " gets " + id + " " + targets);
    boolean confirm = world.random.nextInt(5) == 0;
    if (confirm) {
      toConfirm.add(id);
    }
    node.queue
        .rule()
        .commit(
            id,
            confirm ? Mails.confirmed(targets) : Mails.envelope(targets),
            targets,
            new MessageBody.InMemory(body))
        .thenAccept(outcome -> answered(node, id, outcome));
  }

  private void answered(SimNode node, QueueId id, CommitOutcome outcome) {
    cluster.log(node + " answers " + id + " " + outcome);
    if (!(outcome instanceof CommitOutcome.Committed)) {
      refused.add(id);
      return;
    }
    acknowledged.add(id);
    if (node.isAlone(id)) {
      alone.add(id);
    }
  }

  private List<Target> targets() {
    var targets = new LinkedHashSet<Target>();
    int count = 1 + world.random.nextInt(3);
    boolean onlyLocal = world.random.nextBoolean();
    for (int i = 0; i < count; i++) {
      int number = world.random.nextInt(5);
      switch (onlyLocal ? 0 : world.random.nextInt(5)) {
        case 0, 1 -> targets.add(Mails.local("user" + number));
        case 2 -> targets.add(Mails.remote("user" + number + "@far.test"));
        case 3 -> targets.add(Mails.remote("user" + number + "@slow.test"));
        default -> targets.add(Mails.remote("nobody" + number + "@far.test"));
      }
    }
    return List.copyOf(targets);
  }

  private void fault() {
    if (!troubled) {
      return;
    }
    var nodes = List.copyOf(cluster.nodes.values());
    var node = nodes.get(world.random.nextInt(nodes.size()));
    switch (world.random.nextInt(7)) {
      case 0, 1 -> crash(node);
      case 2 -> hang(node);
      case 3 -> {
        cluster.log("cut off " + node);
        cluster.cutOff(node.name);
        world.after(world.upTo(60_000), cluster::heal);
      }
      case 4 -> {
        cluster.lossPercent = 20;
        world.after(world.upTo(20_000), () -> cluster.lossPercent = 0);
      }
      case 5 -> {
        cluster.storeIsAway = true;
        world.after(world.upTo(8_000), () -> cluster.storeIsAway = false);
      }
      default -> fill(node);
    }
    world.after(world.upTo(20_000), this::fault);
  }

  private void crash(SimNode node) {
    if (node.process == null) {
      return;
    }
    crashes++;
    // One disk is lost, at most: the promise is about a single failure.
    boolean wipe = wipes == 0 && world.random.nextInt(3) == 0;
    cluster.log("crash " + node + (wipe ? " and its disk" : ""));
    node.kill();
    if (wipe) {
      wipes++;
      lostAlone(node);
      node.wipe();
    }
    world.after(
        world.upTo(world.random.nextInt(3) == 0 ? 90_000 : 8_000),
        () -> {
          if (node.process == null) {
            cluster.log("start " + node);
            node.start();
          }
        });
  }

  // What was accepted while nobody else was alive is gone with the one disk, as the design has it.
  private void lostAlone(SimNode node) {
    for (var id : alone) {
      if (node.spool.contains(id)) {
        cluster.log(id + " was on this disk alone");
        acknowledged.remove(id);
      }
    }
    for (var report : cluster.mail.aloneReports) {
      if (node.spool.contains(report)) {
        cluster.log(report + " was on this disk alone");
        reportsLostAlone.add(report);
      }
    }
  }

  // To the brim, or so that a mail has room and its envelope has none.
  private void fill(SimNode node) {
    cluster.log("disk of " + node + " is full");
    node.usableBytes = (1 << 20) + world.random.nextInt(1000);
    world.after(world.upTo(15_000), () -> node.usableBytes = 1L << 40);
  }

  private void hang(SimNode node) {
    if (node.process == null) {
      return;
    }
    cluster.log("stop " + node);
    var process = node.process;
    process.stop();
    world.after(
        world.upTo(world.random.nextInt(4) == 0 ? 90_000 : 25_000),
        () -> {
          cluster.log("wake " + node);
          process.wake();
        });
  }

  private void makePeace() {
    troubled = false;
    world.run(Duration.ofSeconds(60)); // what was to end by itself has ended
    cluster.log("peace");
    cluster.mail.slowHosts = false;
    cluster.heal();
    cluster.lossPercent = 0;
    cluster.storeIsAway = false;
    for (var node : cluster.nodes.values()) {
      if (node.process == null) {
        node.start();
      }
      node.process.wake();
    }
  }

  private boolean isEmpty() {
    return cluster.nodes.values().stream()
        .allMatch(n -> n.spool.depth().entries() == 0 && n.held.count() == 0);
  }

  private List<String> account() {
    var wrong = new ArrayList<>(cluster.mail.damage);
    for (var id : acknowledged) {
      for (var target : sent.get(id)) {
        if (!isDone(id, target)) {
          wrong.add("lost: " + id + " " + target);
        } else if (toConfirm.contains(id) && !cluster.mail.reports.containsKey(id + " " + target)) {
          wrong.add("not confirmed: " + id + " " + target);
        }
      }
    }
    cluster.mail.reports.forEach(
        (about, reports) -> {
          for (var report : reports) {
            if (!cluster.mail.mailboxes.get("sender").contains(report)
                && !reportsLostAlone.contains(report)) {
              wrong.add("report lost: " + report + " about " + about);
            }
          }
        });
    for (var node : cluster.nodes.values()) {
      if (node.spool.depth().entries() > 0) {
        wrong.add(node + " still has " + node.spool.briefs(java.util.Optional.empty(), 5));
      }
      if (node.held.count() > 0) {
        wrong.add(node + " still holds " + node.held.count() + " copies");
      }
    }
    return wrong;
  }

  private boolean isDone(QueueId id, Target target) {
    return switch (target) {
      case Target.Local(var account, _, _) ->
          cluster
              .mail
              .mailboxes
              .getOrDefault(account.value(), new java.util.TreeSet<>())
              .contains(id);
      case Target.Remote(var address, _, _) ->
          cluster.mail.abroad.getOrDefault(address.toString(), Map.of()).containsKey(id)
              || cluster.mail.reports.containsKey(id + " " + target);
    };
  }

  /** How many mails another host got more than once. */
  long doubledAbroad() {
    return cluster.mail.abroad.values().stream()
        .flatMap(m -> m.values().stream())
        .filter(n -> n > 1)
        .count();
  }

  /** Refused mails that arrived nevertheless: their senders will send them again. */
  long refusedButThere() {
    return refused.stream()
        .filter(id -> sent.get(id).stream().anyMatch(t -> isDone(id, t)))
        .count();
  }

  /** The lines about one mail, and what befell the nodes. */
  String story(String id) {
    var story = new StringBuilder();
    for (var line : cluster.trace) {
      if (line.contains(id)
          || line.matches("\\S+ (crash|start|stop|wake|cut|peace|disk).*")
          || line.contains("directory")) {
        story.append(line).append('\n');
      }
    }
    return story.toString();
  }
}
