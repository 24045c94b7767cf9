package org.malleposte.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.malleposte.demo.DemoCluster;
import org.malleposte.demo.DemoCluster.DemoNode;
import org.malleposte.demo.Ledger;
import org.malleposte.demo.LoadGenerator;
import org.malleposte.demo.MailboxAudit;
import org.malleposte.demo.NodeProcess.Signal;
import org.malleposte.demo.SmtpSender;

/**
 * Three real nodes under load, a seed that decides what happens to them when, and a ledger that
 * must balance at the end. The seed is printed; {@code -Dcrash.seed=N} plays it again.
 */
final class Scenario implements AutoCloseable {
  static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(120);
  private static final int SENDERS = 8;
  private static final int ACCEPTING_TRIES = 240;

  final DemoCluster cluster;
  final Random random;
  private final Ledger ledger = new Ledger();
  private final LoadGenerator load;

  Scenario(Path directory, String name) throws IOException, InterruptedException {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println(name + ": -Dcrash.seed=" + seed);
    random = new Random(seed);
    // Short patience, so that promotion and adoption happen within a test.
    var plan =
        new DemoCluster.Plan(3, 12, List.of(), options())
            .with("failover: {promote-after: 4s}")
            .with("queue: {adopt-after: 8s}");
    cluster = new DemoCluster(directory, plan);
    try {
      cluster.start(START_LIMIT);
      for (var node : cluster.nodes()) {
        awaitAccepting(node);
      }
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      // Nobody else knows these processes; left alone they would slow down all tests after this.
      cluster.close();
      throw e;
    }
    load =
        new LoadGenerator(
            cluster, ledger, InstantSource.system(), "m", Duration.ofMillis(5), 2_000);
    load.start(SENDERS, seed);
    rest(2_000);
  }

  // -Dcrash.log=FILE: another logback.xml for the nodes, to see why.
  private static List<String> options() {
    // One compiler: nodes that start all the time spend half of a small machine in the other.
    var options = new ArrayList<>(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    var log = System.getProperty("crash.log");
    if (log != null) {
      options.add("-Dlogback.configurationFile=" + log);
    }
    return options;
  }

  // A node is ready before it has heard who exists here, which takes a founded store; until then it
  // says 451, and a test that killed the primary by then would only show that.
  private void awaitAccepting(DemoNode node) throws InterruptedException {
    try (var sender =
        new SmtpSender(() -> List.of(node.smtpAddress()), DemoCluster.DOMAIN, ledger)) {
      var account = cluster.accounts().getFirst();
      for (int i = 0; i < ACCEPTING_TRIES; i++) {
        if (sender.send("probe-" + node.name() + "-" + i, account, "probe")
            instanceof SmtpSender.Sent.Acknowledged) {
          return;
        }
        rest(250);
      }
    }
    throw new AssertionError(node.name() + " accepts no mail");
  }

  DemoNode primary() {
    return cluster.nodes().get(0);
  }

  DemoNode secondary() {
    return cluster.nodes().get(1 + random.nextInt(2));
  }

  int acknowledged() {
    return ledger.acknowledgedCount();
  }

  void kill(DemoNode node) throws IOException, InterruptedException {
    say("SIGKILL " + node.name());
    node.process().signal(Signal.KILL);
  }

  void signal(DemoNode node, Signal signal) throws IOException, InterruptedException {
    say("SIG" + signal + " " + node.name());
    node.process().signal(signal);
  }

  void start(DemoNode node) throws IOException, InterruptedException {
    say("start " + node.name());
    node.process().start();
    node.process().awaitReady(START_LIMIT);
  }

  void rest(long millis) throws InterruptedException {
    // Lets the load run on: what is awaited here is time itself.
    if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("nobody counts down");
    }
  }

  /** Between {@code from} and {@code to} milliseconds, by the seed. */
  void rest(int from, int to) throws InterruptedException {
    rest(random.nextInt(from, to));
  }

  /** Ends the load, and balances the ledger on every node. */
  void balance() throws IOException, InterruptedException {
    load.stop();
    say("acknowledged " + ledger.acknowledgedCount() + " of " + ledger.sentCount());
    assertThat(ledger.acknowledgedCount()).as("mails acknowledged at all").isGreaterThan(50);
    var audit = new MailboxAudit(cluster, ledger, InstantSource.system());
    for (var node : cluster.nodes()) {
      var balance = audit.settle(node, SETTLE_LIMIT);
      say(
          node.name()
              + ": delivered "
              + balance.delivered()
              + ", lost "
              + balance.lost().size()
              + ", doubled "
              + balance.doubled().size());
      assertThat(balance.lost()).as("lost, seen on %s", node.name()).isEmpty();
      assertThat(balance.doubled()).as("doubled, seen on %s", node.name()).isEmpty();
    }
  }

  private void say(String what) {
    System.out.println("  " + what);
  }

  @Override
  public void close() throws IOException {
    load.close();
    cluster.close();
  }
}
