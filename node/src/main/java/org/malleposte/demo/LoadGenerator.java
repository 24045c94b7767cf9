package org.malleposte.demo;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.malleposte.demo.DemoCluster.DemoNode;
import org.malleposte.mail.AccountName;

/**
 * Many senders at once, each with a kept connection, until told to stop. A sender whose host fails
 * tries the next, so the cluster as a whole is under load whichever nodes live.
 */
public final class LoadGenerator implements AutoCloseable {
  private final DemoCluster cluster;
  private final Ledger ledger;
  private final InstantSource clock;
  private final String prefix;
  private final Duration pause;
  private final int bodyBytes;
  private final AtomicLong counter = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Instant> acknowledgements = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * @param prefix of the mails' ids: unique among generators of one ledger
   * @param pause between two mails of a sender
   */
  public LoadGenerator(
      DemoCluster cluster,
      Ledger ledger,
      InstantSource clock,
      String prefix,
      Duration pause,
      int bodyBytes) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.clock = clock;
    this.prefix = prefix;
    this.pause = pause;
    this.bodyBytes = bodyBytes;
  }

  /** Starts {@code senders} threads; sender {@code i} prefers node {@code i mod n}. */
  public void start(int senders, long seed) {
    for (int i = 0; i < senders; i++) {
      int index = i;
      var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed + i);
      threads.add(Thread.ofVirtual().name("sender-" + i).start(() -> run(index, random)));
    }
  }

  private void run(int index, RandomGenerator random) {
    try (var sender = new SmtpSender(() -> exchangers(index), DemoCluster.DOMAIN, ledger)) {
      while (stop.getCount() > 0) {
        AccountName to = cluster.accounts().get(random.nextInt(cluster.accounts().size()));
        var outcome = sender.send(prefix + "-" + counter.incrementAndGet(), to, body(random));
        switch (outcome) {
          case SmtpSender.Sent.Acknowledged _ -> acknowledgements.add(clock.instant());
          case SmtpSender.Sent.NotAcknowledged _ -> rest(Duration.ofMillis(20));
        }
        rest(pause);
      }
    }
  }

  // Ends early when told to stop.
  private void rest(Duration duration) {
    try {
      stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      stop.countDown();
      Thread.currentThread().interrupt();
    }
  }

  private List<InetSocketAddress> exchangers(int preferred) {
    var nodes = new ArrayList<>(cluster.nodes());
    Collections.rotate(nodes, -(preferred % nodes.size()));
    return nodes.stream().map(DemoNode::smtpAddress).toList();
  }

  private String body(RandomGenerator random) {
    var text = new StringBuilder(bodyBytes + 80);
    while (text.length() < bodyBytes) {
      text.append(Long.toUnsignedString(random.nextLong(), 36))
          .append(text.length() % 72 < 56 ? " " : "\r\n");
    }
    return text.toString();
  }

  /** When each 250 came, in order. */
  public List<Instant> acknowledgements() {
    synchronized (acknowledgements) {
      return acknowledgements.stream().sorted().toList();
    }
  }

  /** Tells the senders to stop, and waits for the mail that each is at. */
  public void stop() throws InterruptedException {
    stop.countDown();
    for (var thread : threads) {
      thread.join();
    }
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
