package org.malleposte;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.malleposte.admin.QueueOperations;
import org.malleposte.blob.MessageBody;
import org.malleposte.bounce.DsnBouncer;
import org.malleposte.config.NodeConfig;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.delivery.DnsMxLookup;
import org.malleposte.delivery.FormedDelivery;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.delivery.OutboundForm;
import org.malleposte.delivery.SmtpDelivery;
import org.malleposte.filter.FilterMemory;
import org.malleposte.filter.FilteredDelivery;
import org.malleposte.filter.MailboxDelivery;
import org.malleposte.filter.OwnMail;
import org.malleposte.handover.CommitRule;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.Router;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;
import org.malleposte.schedule.MailQueue;
import org.malleposte.schedule.QueueGauges;
import org.malleposte.schedule.RetryPolicy;
import org.malleposte.smtp.FlushOnDemand;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.lookup.LookupSession;

/** The way of a mail behind the protocols: commit, copies, flush, schedule, delivery, reports. */
final class NodeDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(NodeDelivery.class);
  private static final int SMTP_PORT = 25;
  // Anyone may say ETRN.
  private static final Duration RUN_PAUSE = Duration.ofSeconds(30);
  private static final EnhancedStatus NO_LINK = new EnhancedStatus(4, 4, 1);

  private final NodeQueue disk;
  private final MailQueue queue;
  private final InstantSource clock;
  private final AtomicReference<Instant> lastRun = new AtomicReference<>(Instant.EPOCH);

  NodeDelivery(
      NodeConfig config,
      NodeQueue disk,
      NodeCluster cluster,
      NodeStore store,
      NodeSieve sieve,
      Router router,
      Supplier<OutboundForm> form,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      MailLog log) {
    this.disk = disk;
    this.clock = clock;
    var ground =
        new MailQueue.Ground(
            cluster.membership(),
            cluster.link(),
            store.mail().directory(),
            timers,
            clock,
            random,
            log,
            disk.blocking(),
            disk.virtual());
    var keys = config.queue();
    var settings =
        new MailQueue.Settings(
            keys.copies(),
            keys.strict(),
            keys.adoptAfter(),
            RetryPolicy.of(keys.lifetime(), keys.warnAfter()));
    queue =
        new MailQueue(
            disk.spool(),
            disk.copies(),
            disk.disk(),
            config.node().data().resolve("flushing"),
            ground,
            settings,
            filtered(config, cluster, store, sieve, router, clock, log),
            new FormedDelivery(remote(config, timers), form),
            NodeDelivery::noFallback,
            rule -> new DsnBouncer(cluster.self(), router, rule, clock, disk.blocking()));
  }

  private LocalDelivery filtered(
      NodeConfig config,
      NodeCluster cluster,
      NodeStore store,
      NodeSieve sieve,
      Router router,
      InstantSource clock,
      MailLog log) {
    var mailboxes = store.mail().deliveries();
    String host = cluster.self().value();
    return new FilteredDelivery(
        new FilteredDelivery.Parts(
            new MailboxDelivery(mailboxes, store::laneOf, log),
            mailboxes,
            sieve.uses(),
            sieve.scripts(),
            new FilterMemory(sieve.properties()),
            // Who delivers sends, and who sends may deliver: the rule is asked when it is needed.
            new OwnMail(host, router, this::commitRule),
            store.lane(),
            host,
            config.limits().hops(),
            clock));
  }

  void start() {
    queue.start();
  }

  CommitRule commitRule() {
    return queue.rule();
  }

  QueueGauges gauges() {
    return queue.gauges();
  }

  /**
   * ETRN reads the queue for what waits for a domain; anyone may say it, so it is not done often.
   */
  FlushOnDemand flushes() {
    return (domain, subdomains) -> {
      var now = clock.instant();
      var last = lastRun.get();
      boolean due = !now.isBefore(last.plus(RUN_PAUSE)) && lastRun.compareAndSet(last, now);
      if (due) {
        queue
            .control()
            .flush(waiting -> subdomains ? waiting.isWithin(domain) : waiting.equals(domain))
            .exceptionally(
                failure -> {
                  LOG.error("ETRN {}", domain, failure);
                  return null;
                });
      }
      return due;
    };
  }

  QueueOperations queueOperations() {
    return new NodeQueueOperations(disk.spool(), disk.copies(), queue.control(), disk.blocking());
  }

  private static SmtpDelivery remote(NodeConfig config, Timers timers) {
    return new SmtpDelivery(
        world(config),
        new DnsMxLookup(LookupSession.defaultBuilder().build()),
        anyCertificate(),
        timers);
  }

  private static SmtpDelivery.Settings world(NodeConfig config) {
    Set<String> own = new HashSet<>();
    own.add(config.node().name().value());
    own.add(config.cluster().advertise().host().toLowerCase(Locale.ROOT));
    config.cluster().members().forEach(m -> own.add(m.host().toLowerCase(Locale.ROOT)));
    return new SmtpDelivery.Settings(
        config.node().name().value(),
        config.mail().smartHosts(),
        SMTP_PORT,
        host -> own.contains(host.toLowerCase(Locale.ROOT)));
  }

  // RFC 7435: on the way to a stranger the alternative to an unverified certificate is no
  // encryption.
  private static SSLContext anyCertificate() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private record TrustsAll() implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  // A deliverer that takes a foreign queue id by SMTP does not exist yet: the event bus is tried
  // again.
  private static Map<Target, DeliveryOutcome> noFallback(
      Member deliverer, SpoolEntry entry, List<Target> targets, MessageBody body) {
    var outcomes = new HashMap<Target, DeliveryOutcome>();
    targets.forEach(
        t ->
            outcomes.put(
                t, new DeliveryOutcome.Deferred(NO_LINK, "no link to " + deliverer.name())));
    return outcomes;
  }
}
