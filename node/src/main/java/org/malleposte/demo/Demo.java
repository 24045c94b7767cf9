package org.malleposte.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.malleposte.cli.DemoRunner;
import org.malleposte.demo.DemoCluster.DemoNode;
import org.malleposte.demo.NodeProcess.Signal;

/**
 * The whole idea in one run: three nodes, mail, the primary killed with SIGKILL, more mail, reading
 * on a survivor, the primary back, the flush; and every 250 against every mailbox.
 */
public final class Demo implements DemoRunner {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(60);
  private static final Duration FRAME = Duration.ofMillis(200);
  private static final int ACCOUNTS = 10;
  private static final int SENDERS = 6;
  private static final int BODY_BYTES = 3_000;
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration STORM = Duration.ofSeconds(6);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

  private final PrintStream out;
  private final boolean terminal;
  private final InstantSource clock;

  /**
   * @param terminal whether {@code out} can be redrawn
   */
  public Demo(PrintStream out, boolean terminal, InstantSource clock) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public int run(DemoOptions options) {
    try {
      var root = Files.createTempDirectory("malleposte-demo-");
      var report = play(root, options);
      out.println();
      out.print(report);
      if (options.json().isPresent()) {
        Files.writeString(options.json().get(), report.toJson());
      }
      if (!report.isClean()) {
        report.balance().lost().forEach(id -> out.println("LOST " + id));
        report.balance().doubled().forEach(id -> out.println("DOUBLED " + id));
        out.println("logs and data are kept below " + root);
      }
      return report.isClean() ? 0 : 1;
    } catch (IOException e) {
      out.println("the demo failed: " + e.getMessage());
      return 1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private DemoReport play(Path root, DemoOptions options) throws IOException, InterruptedException {
    var cluster = new DemoCluster(root, DemoCluster.Plan.of(3, ACCOUNTS));
    var stopAll = new Thread(() -> closeQuietly(cluster), "demo-cleanup");
    Runtime.getRuntime().addShutdownHook(stopAll); // Ctrl-C must not leave three nodes behind
    try (var observer = new Observer()) {
      var report = new Story(cluster, observer).tell();
      if (options.keep()) {
        Runtime.getRuntime().removeShutdownHook(stopAll);
        describe(cluster);
        return report;
      }
      cluster.close();
      Runtime.getRuntime().removeShutdownHook(stopAll);
      if (report.isClean()) {
        cluster.delete();
      }
      return report;
    }
  }

  private void closeQuietly(DemoCluster cluster) {
    try {
      cluster.close();
    } catch (IOException e) {
      out.println("a node could not be ended: " + e.getMessage());
    }
  }

  private void describe(DemoCluster cluster) {
    out.println("\nThe cluster runs on:");
    for (var node : cluster.nodes()) {
      out.printf(
          "  %-16s smtp %d  submission %d  imap %d  pop3 %d  http %d  pid %s%n",
          node.name(),
          node.smtp(),
          node.submission(),
          node.imap(),
          node.pop3(),
          node.http(),
          node.process().pid().map(String::valueOf).orElse("-"));
    }
    out.printf("  configuration of the first: %s%n", cluster.primary().config());
    for (var account : cluster.accounts()) {
      out.printf("  login %s  password %s%n", account, DemoCluster.password(account));
    }
    out.printf(
        "End it with: kill %s%n",
        String.join(
            " ",
            cluster.nodes().stream()
                .flatMap(n -> n.process().pid().stream())
                .map(String::valueOf)
                .toList()));
  }

  /** One telling. */
  private final class Story {
    private final DemoCluster cluster;
    private final Observer observer;
    private final Ledger ledger = new Ledger();
    private final Picture picture = new Picture(out, terminal);

    Story(DemoCluster cluster, Observer observer) {
      this.cluster = cluster;
      this.observer = observer;
    }

    DemoReport tell() throws IOException, InterruptedException {
      picture.tell("Three nodes start: one primary, two secondaries.");
      cluster.start(START_LIMIT);
      watchUntil(
          STEP_LIMIT, "the store never became writable", () -> sight(cluster.primary()).delivers());
      try (var load =
          new LoadGenerator(cluster, ledger, clock, "demo", Duration.ofMillis(10), BODY_BYTES)) {
        load.start(SENDERS, clock.millis());
        picture.tell(
            "Senders deliver to all three; the primary stores, the secondaries flush to it.");
        watchFor(CALM);
        picture.tell("The primary is killed (SIGKILL).");
        var killedAt = clock.instant();
        cluster.primary().process().signal(Signal.KILL);
        double readOutage = readOnSurvivor(killedAt);
        picture.tell(
            "A survivor serves all mailboxes. The secondaries go on accepting, and keep the mail.");
        watchFor(STORM);
        var stoppedAt = clock.instant();
        load.stop();
        long waiting = spooled();
        var back = cluster.primary();
        picture.tell("The primary comes back; %,d mails wait for it.".formatted(waiting));
        back.process().start();
        watchUntil(
            START_LIMIT,
            "the primary did not come back",
            () -> back.process().isReady() && sight(back).delivers());
        var flush = flush(waiting);
        picture.keep();
        double outage = longestGap(load.acknowledgements(), killedAt, stoppedAt);
        picture.tell("Every 250 is looked up in its mailbox.");
        var balance =
            new MailboxAudit(cluster, ledger, clock).settle(cluster.nodes().getLast(), STEP_LIMIT);
        return new DemoReport(balance, outage, readOutage, flush[0], flush[1], waiting);
      }
    }

    // Both numbers in seconds: until the spools began to shrink, until they were empty.
    private double[] flush(long waiting) throws IOException, InterruptedException {
      var ready = clock.instant();
      var began = new ArrayList<Instant>();
      watchUntil(
          STEP_LIMIT,
          "the spools were not flushed",
          () -> {
            long left = spooled();
            if (left < waiting && began.isEmpty()) {
              began.add(clock.instant());
            }
            return left == 0;
          });
      var start = began.isEmpty() ? ready : began.getFirst();
      return new double[] {seconds(ready, start), seconds(ready, clock.instant())};
    }

    private double readOnSurvivor(Instant killedAt) throws IOException, InterruptedException {
      var survivor = cluster.nodes().get(1);
      var account = cluster.accounts().getFirst();
      watchUntil(
          STEP_LIMIT,
          "no survivor served the mailboxes",
          () -> {
            try {
              new ImapReader(survivor.imapAddress(), READ_TIMEOUT)
                  .touch(account, DemoCluster.password(account));
              return true;
            } catch (IOException _) {
              return false; // not yet: a new leader is being elected
            }
          });
      return seconds(killedAt, clock.instant());
    }

    // Nothing acknowledged to the end is the longest gap of all.
    private double longestGap(List<Instant> acknowledgements, Instant killedAt, Instant stoppedAt) {
      double longest = 0;
      Instant before = killedAt;
      for (var at : acknowledgements) {
        if (at.isAfter(killedAt)) {
          longest = Math.max(longest, seconds(before, at));
          before = at;
        }
      }
      return Math.max(longest, seconds(before, stoppedAt));
    }

    private Observer.Sight sight(DemoNode node) {
      try {
        return observer.look(node).orElse(new Observer.Sight(false, false, 0, 0));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Observer.Sight(false, false, 0, 0);
      }
    }

    private long spooled() {
      return cluster.nodes().stream()
          .filter(n -> n.process().isAlive())
          .mapToLong(n -> sight(n).spooled())
          .sum();
    }

    private void watchFor(Duration duration) throws InterruptedException {
      var end = clock.instant().plus(duration);
      while (clock.instant().isBefore(end)) {
        frame();
      }
    }

    private void watchUntil(Duration limit, String otherwise, BooleanSupplier condition)
        throws IOException, InterruptedException {
      var end = clock.instant().plus(limit);
      while (!condition.getAsBoolean()) {
        if (clock.instant().isAfter(end)) {
          throw new IOException(
              otherwise
                  + " within "
                  + limit.toSeconds()
                  + " s; logs: "
                  + cluster.nodes().stream().map(n -> n.process().log().toString()).toList());
        }
        frame();
      }
    }

    private void frame() throws InterruptedException {
      var rows = new ArrayList<Picture.NodeRow>();
      for (var node : cluster.nodes()) {
        boolean alive = node.process().isAlive();
        var sight = alive ? observer.look(node) : java.util.Optional.<Observer.Sight>empty();
        rows.add(
            new Picture.NodeRow(
                node.name(), node == cluster.primary() ? "primary" : "secondary", alive, sight));
      }
      picture.draw(rows, ledger.sentCount(), ledger.acknowledgedCount());
      if (new CountDownLatch(1).await(FRAME.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts down");
      }
    }
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
