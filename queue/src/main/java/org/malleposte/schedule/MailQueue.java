package org.malleposte.schedule;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.malleposte.delivery.DeliveryAgent;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.handover.Adoption;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.Copies;
import org.malleposte.handover.CopiesService;
import org.malleposte.handover.CopyCheck;
import org.malleposte.handover.CopyRepair;
import org.malleposte.handover.DoneNews;
import org.malleposte.handover.FlushFallback;
import org.malleposte.handover.FlushReceiver;
import org.malleposte.handover.HeldCopies;
import org.malleposte.handover.OwnerCheck;
import org.malleposte.handover.SpoolCommitRule;
import org.malleposte.handover.Underway;
import org.malleposte.link.Cluster;
import org.malleposte.link.NodeLink;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.Spool;
import org.malleposte.trace.MailLog;

/**
 * The queue of one node, put together: spool, copies, flush, adoption, scheduler. Nothing moves
 * before {@link #start}; a commit before it is taken, and waits.
 */
public final class MailQueue {
  /**
   * {@code queue.*} of the configuration.
   *
   * @param copies machines that keep a mail, this one included
   * @param strict never accept on one node alone
   * @param adoptAfter how long an owner is waited for
   */
  public record Settings(int copies, boolean strict, Duration adoptAfter, RetryPolicy retries) {
    public Settings {
      if (copies < 1 || copies > 16) {
        throw new IllegalArgumentException("queue.copies must be 1 to 16: " + copies);
      }
    }
  }

  /**
   * What the queue stands on.
   *
   * @param random for ids: seeded from the system's entropy
   * @param blocking a bounded lane of platform threads for reads of the disk
   * @param virtual a virtual thread a task
   */
  public record Ground(
      Cluster cluster,
      NodeLink link,
      Directory directory,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      MailLog log,
      Executor blocking,
      Executor virtual) {}

  private final SpoolCommitRule rule;
  private final DoneNews news;
  private final CopyCheck copyCheck;
  private final CopyRepair repair;
  private final OwnerCheck ownerCheck;
  private final Adoption adoption;
  private final DeliveryScheduler scheduler;
  private final QueueControl control;
  private final QueueGauges gauges;

  /**
   * Offers the services of the queue on the link. Blocks on the disk.
   *
   * @param spool and {@code held} stay the caller's, who closes them last
   * @param disk that both are on
   * @param temporary a directory of its own, for large bodies on their way
   * @param bouncer is made with the rule, since a report is committed like any other mail
   */
  public MailQueue(
      Spool spool,
      HeldCopies held,
      DiskSpace disk,
      Path temporary,
      Ground ground,
      Settings settings,
      LocalDelivery local,
      DeliveryAgent remote,
      FlushFallback fallback,
      Function<CommitRule, Bouncer> bouncer) {
    var cluster = ground.cluster();
    var link = ground.link();
    var timers = ground.timers();
    var clock = ground.clock();
    var blocking = ground.blocking();
    var threads = ground.virtual();
    var underway = new Underway();
    ownerCheck =
        new OwnerCheck(
            spool,
            ground.directory(),
            cluster,
            link,
            timers,
            clock,
            settings.adoptAfter(),
            threads);
    var copies =
        new Copies(
            cluster,
            link,
            timers,
            clock,
            blocking,
            spool.id(),
            settings.copies(),
            ownerCheck::closedUpTo);
    rule =
        new SpoolCommitRule(
            cluster,
            spool,
            copies,
            local,
            underway,
            clock,
            ground.log(),
            settings.strict(),
            this::onSpooled);
    scheduler =
        new DeliveryScheduler(
            spool,
            cluster,
            link,
            new DeliveryScheduler.Ways(local, remote, bouncer.apply(rule), fallback),
            ownerCheck,
            underway,
            settings.retries(),
            timers,
            clock,
            ground.random(),
            ground.log(),
            new DeliveryScheduler.Lanes(blocking, threads));
    adoption =
        new Adoption(
            spool,
            held,
            underway,
            scheduler::isOffered,
            ground.directory(),
            cluster,
            timers,
            clock,
            ground.log(),
            settings.adoptAfter(),
            this::onSpooled,
            blocking,
            threads);
    news = new DoneNews(spool, cluster, link, timers, blocking, threads);
    copyCheck = new CopyCheck(held, spool, underway, cluster, link, timers, clock, threads);
    repair =
        new CopyRepair(
            spool,
            copies,
            underway,
            cluster,
            timers,
            clock,
            settings.copies(),
            settings.adoptAfter(),
            blocking,
            threads);
    control = new QueueControl(spool, scheduler, adoption, ownerCheck, blocking);
    gauges = new QueueGauges(spool, held, copies, adoption, ownerCheck, disk, clock);
    new CopiesService(held, ground.log()).serve(link);
    new FlushReceiver(
            cluster,
            spool,
            rule,
            temporary,
            disk,
            clock,
            blocking,
            settings.copies(),
            ownerCheck,
            scheduler::isOffered)
        .serve(link);
    adoption.serve(link, new Adoption.Inquiry(settings.copies(), ownerCheck));
    copyCheck.serve(link);
  }

  private void onSpooled(QueueId id) {
    scheduler.added(id);
  }

  /** Begins to deliver, flush, tell, check and adopt. */
  public void start() {
    ownerCheck.start();
    scheduler.start();
    news.start();
    adoption.start();
    repair.start();
    copyCheck.start();
  }

  public CommitRule rule() {
    return rule;
  }

  public QueueControl control() {
    return control;
  }

  public QueueGauges gauges() {
    return gauges;
  }
}
