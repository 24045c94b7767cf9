package org.malleposte.raft;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.ScheduledTimers;

/**
 * One node of a store as a process of its own. Commands come by standard input, a line each; what
 * happens goes to standard output: {@code acked NAME}, {@code read NAME true|false}, {@code size
 * N}, {@code names A B C}, {@code leader NAME}.
 */
final class StoreProcessMain {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final RaftGroup group;
  private final Map<Integer, Ledger> ledgers = new ConcurrentHashMap<>();
  private final AtomicInteger writers = new AtomicInteger();
  private volatile String load = "";

  /** NAME ROLE DIRECTORY RAFTPORT FOUNDERS NAME=LINKPORT... */
  public static void main(String[] words) throws Exception {
    new StoreProcessMain(words).listen();
  }

  private StoreProcessMain(String[] words) throws Exception {
    var name = new NodeName(words[0]);
    var directory = Path.of(words[2]);
    var ports = new HashMap<NodeName, Integer>();
    for (int i = 5; i < words.length; i++) {
      String[] pair = words[i].split("=");
      ports.put(new NodeName(pair[0]), Integer.valueOf(pair[1]));
    }
    var timers = new ScheduledTimers("timers");
    var identity = StoreIdentity.open(directory, new Random());
    String address = "127.0.0.1:" + words[3];
    var link = new SocketLink(name, Role.valueOf(words[1]), identity.id(), address, ports, timers);
    var settings =
        new RaftSettings(
            name,
            identity,
            address,
            address,
            directory,
            "test",
            1,
            Integer.parseInt(words[4]),
            Optional.empty(),
            new RaftSettings.Tuning(
                Duration.ofMillis(900),
                Duration.ofMillis(1500),
                500,
                64L << 20,
                4 << 20,
                Duration.ofSeconds(1)));
    @SuppressWarnings("resource") // Ends with the process, mostly by SIGKILL.
    var node =
        new RaftNode(
            settings,
            link,
            link,
            timers,
            InstantSource.system(),
            new Random(),
            (group, path, _) -> {
              var ledger = new Ledger(path);
              ledgers.put(group, ledger);
              return ledger;
            });
    node.start();
    group = node.group(0);
    node.opened().thenRun(() -> say("open"));
  }

  private void listen() throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "load" -> startLoad(words[1], Integer.parseInt(words[2]));
        case "quiet" -> load = "";
        case "write" -> write(words[1]);
        case "read" -> Thread.ofVirtual().start(() -> read(words[1]));
        case "size" -> say("size " + ledgers.get(0).size());
        case "names" -> say("names " + String.join(" ", ledgers.get(0).names()));
        case "leader" -> say("leader " + group.leader().map(NodeName::value).orElse("-"));
        default -> throw new IllegalArgumentException(line);
      }
    }
    // The test is gone.
    Runtime.getRuntime().halt(0);
  }

  private void startLoad(String prefix, int count) {
    load = prefix;
    for (int i = 0; i < count; i++) {
      int writer = writers.incrementAndGet();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                for (int n = 0; load.equals(prefix); n++) {
                  write(prefix + "-" + writer + "-" + n);
                }
              });
    }
  }

  private void write(String name) {
    try {
      propose(name).get();
      say("acked " + name);
    } catch (ExecutionException e) {
      say("unknown " + name + " " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<ReplicatedGroup.Committed> propose(String name) {
    return group.propose((name + " " + "x".repeat(500)).getBytes(StandardCharsets.UTF_8), TIMEOUT);
  }

  private void read(String name) {
    var found =
        group
            .readIndex(TIMEOUT)
            .thenCompose(group::applied)
            .thenApply(_ -> ledgers.get(0).find(name).isPresent())
            .handle((is, e) -> e == null ? is.toString() : "failed:" + e)
            .join();
    say("read " + name + " " + found);
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
