package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;

/**
 * Three processes under load that are killed, stopped and woken at random instants. Afterwards
 * every acknowledged entry is in every ledger once, at the same place.
 */
class StoreCrashTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path root;
  private final Map<String, Integer> links = new TreeMap<>();
  private final Map<String, Integer> raftPorts = new TreeMap<>();
  private final Map<String, StoreProcess> running = new TreeMap<>();
  private final Set<String> acked = ConcurrentHashMap.newKeySet();
  private Random random;
  private int loads;

  @AfterEach
  void close() {
    running.values().forEach(StoreProcess::close);
  }

  @Test
  void nothingAcknowledgedIsLostAFewTimes() throws Exception {
    rounds(new Random().nextLong(), 3);
  }

  @Test
  @Tag("soak")
  void nothingAcknowledgedIsLostManyTimes() throws Exception {
    rounds(new Random().nextLong(), 30);
  }

  private void rounds(long seed, int count) throws Exception {
    System.err.println("seed of the crashes: " + seed);
    random = new Random(seed);
    for (String name : NAMES) {
      links.put(name, TestNode.freePort());
      raftPorts.put(name, TestNode.freePort());
    }
    for (String name : NAMES) {
      start(name);
    }
    for (String name : NAMES) {
      running.get(name).await("open");
      load(name);
    }
    int first = random.nextInt(3);
    for (int round = 0; round < count; round++) {
      awaitProgress(100 + random.nextInt(400));
      switch ((first + round) % 3) {
        case 0 -> killOne(random.nextBoolean() ? leader() : randomName());
        case 1 -> stopAndWake(leader());
        default -> killAll();
      }
    }
    awaitProgress(100);
    running.values().forEach(p -> p.tell("quiet"));
    check();
  }

  private void start(String name) throws IOException {
    var role = name.equals("a") ? Role.PRIMARY : Role.SECONDARY;
    running.put(
        name, new StoreProcess(name, role, root, raftPorts.get(name), 3, links, acked::add));
  }

  private void load(String name) {
    running.get(name).tell("load " + name + "." + loads++ + " 4");
  }

  private void awaitProgress(int entries) {
    int before = acked.size();
    await().atMost(PATIENCE).until(() -> acked.size() > before + entries);
  }

  private String randomName() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private String leader() throws InterruptedException {
    while (true) {
      String leader = running.get(randomName()).ask("leader");
      if (NAMES.contains(leader)) {
        return leader;
      }
    }
  }

  private void killOne(String name) throws Exception {
    System.err.println("killing " + name);
    long before = System.nanoTime();
    running.get(name).kill();
    awaitProgress(20);
    System.err.println("progress after " + (System.nanoTime() - before) / 1_000_000 + " ms");
    awaitProgress(random.nextInt(400));
    before = System.nanoTime();
    start(name);
    running.get(name).await("open");
    System.err.println("open again after " + (System.nanoTime() - before) / 1_000_000 + " ms");
    load(name);
  }

  /** What was written while the leader slept, it sees at once when it wakes. */
  private void stopAndWake(String name) throws Exception {
    System.err.println("stopping " + name);
    long before = System.nanoTime();
    var sleeper = running.get(name);
    sleeper.suspend();
    awaitProgress(20);
    System.err.println("progress after " + (System.nanoTime() - before) / 1_000_000 + " ms");
    String mark = "mark-" + loads++;
    running.get(name.equals("b") ? "c" : "b").tell("write " + mark);
    await().atMost(PATIENCE).until(() -> acked.contains(mark));
    sleeper.resume();
    assertThat(sleeper.ask("read " + mark)).isEqualTo(mark + " true");
  }

  private void killAll() throws Exception {
    System.err.println("killing all");
    for (String name : NAMES) {
      running.get(name).kill();
    }
    var order = new ArrayList<>(NAMES);
    Collections.shuffle(order, random);
    for (String name : order) {
      start(name);
    }
    for (String name : order) {
      running.get(name).await("open");
      load(name);
    }
  }

  private void check() throws Exception {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              var sizes = new HashSet<String>();
              for (var process : running.values()) {
                sizes.add(process.ask("size"));
              }
              return sizes.size() == 1;
            });
    var names = List.of(running.get("a").ask("names").split(" "));
    assertThat(names).doesNotHaveDuplicates();
    assertThat(new HashSet<>(names)).containsAll(acked);
    for (var process : running.values()) {
      assertThat(List.of(process.ask("names").split(" "))).isEqualTo(names);
    }
    System.err.println(acked.size() + " acknowledged, " + names.size() + " kept");
  }
}
