package org.malleposte;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
import org.malleposte.delivery.SmtpDelivery;
import org.malleposte.handover.Adoption;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.Copies;
import org.malleposte.handover.CopiesService;
import org.malleposte.handover.CopyCheck;
import org.malleposte.handover.CopyRepair;
import org.malleposte.handover.DoneNews;
import org.malleposte.handover.FlushReceiver;
import org.malleposte.handover.OwnerCheck;
import org.malleposte.handover.SpoolCommitRule;
import org.malleposte.handover.Underway;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Router;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;
import org.malleposte.schedule.DeliveryScheduler;
import org.malleposte.schedule.QueueControl;
import org.malleposte.schedule.RetryPolicy;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.trace.MailLog;
import org.xbill.DNS.lookup.LookupSession;

/** The way of a mail behind the protocols: commit, copies, flush, schedule, delivery, reports. */
final class NodeDelivery {
  private static final int SMTP_PORT = 25;
  private static final EnhancedStatus NO_LINK = new EnhancedStatus(4, 4, 1);

  private final NodeQueue queue;
  private final NodeCluster cluster;
  private final DeliveryScheduler scheduler;
  private final SpoolCommitRule commitRule;
  private final DoneNews doneNews;
  private final CopyCheck copyCheck;
  private final OwnerCheck ownerCheck;
  private final Adoption adoption;
  private final CopyRepair copyRepair;

  NodeDelivery(
      NodeConfig config,
      NodeQueue queue,
      NodeCluster cluster,
      NodeStore store,
      Router router,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      MailLog log)
      throws StartException {
    this.queue = queue;
    this.cluster = cluster;
    var membership = cluster.membership();
    var link = cluster.link();
    var spool = queue.spool();
    var underway = new Underway();
    var local = new MailboxDelivery(store.mail().deliveries(), store::laneOf, log);
    var directory = store.mail().directory();
    var adoptAfter = config.queue().adoptAfter();
    int machines = config.queue().copies();
    ownerCheck =
        new OwnerCheck(
            spool, directory, membership, link, timers, clock, adoptAfter, queue.virtual());
    var copies =
        new Copies(
            membership,
            link,
            timers,
            clock,
            queue.blocking(),
            spool.id(),
            machines,
            ownerCheck::closedUpTo);
    commitRule =
        new SpoolCommitRule(
            membership,
            spool,
            copies,
            local,
            underway,
            clock,
            log,
            config.queue().strict(),
            this::spooled);
    var bouncer = new DsnBouncer(cluster.self(), router, commitRule, clock, queue.blocking());
    var remote =
        new SmtpDelivery(
            world(config),
            new DnsMxLookup(LookupSession.defaultBuilder().build()),
            anyCertificate());
    scheduler =
        new DeliveryScheduler(
            spool,
            membership,
            link,
            new DeliveryScheduler.Ways(local, remote, bouncer, NodeDelivery::noFallback),
            ownerCheck,
            underway,
            RetryPolicy.of(config.queue().lifetime(), config.queue().warnAfter()),
            timers,
            clock,
            random,
            log,
            new DeliveryScheduler.Lanes(queue.blocking(), queue.virtual()));
    doneNews = new DoneNews(spool, membership, link, timers, queue.blocking(), queue.virtual());
    copyCheck =
        new CopyCheck(
            queue.copies(), spool, underway, membership, link, timers, clock, queue.virtual());
    new CopiesService(queue.copies(), log, (_, ids) -> ownerIsDone(ids)).serve(link);
    adoption =
        new Adoption(
            spool,
            queue.copies(),
            directory,
            membership,
            timers,
            clock,
            log,
            adoptAfter,
            this::spooled,
            queue.blocking(),
            queue.virtual());
    adoption.serve(link, machines);
    copyRepair =
        new CopyRepair(
            spool,
            copies,
            underway,
            membership,
            timers,
            clock,
            machines,
            adoptAfter,
            queue.blocking(),
            queue.virtual());
    new FlushReceiver(
            membership,
            spool,
            commitRule,
            config.node().data().resolve("receiving"),
            queue.disk(),
            clock,
            queue.blocking())
        .serve(link);
  }

  private void spooled(QueueId id) {
    scheduler.added(id);
  }

  // The owner was back before us and has finished what we had adopted.
  private void ownerIsDone(List<QueueId> ids) {
    var ours = ids.stream().filter(queue.spool()::contains).toList();
    if (!ours.isEmpty()) {
      queue.spool().drop(ours).thenRun(() -> ours.forEach(scheduler::added));
    }
  }

  void start() {
    doneNews.start();
    copyCheck.start();
    scheduler.start();
    ownerCheck.start();
    adoption.start();
    copyRepair.start();
  }

  CommitRule commitRule() {
    return commitRule;
  }

  QueueOperations queueOperations() {
    return new NodeQueueOperations(
        queue.spool(),
        new QueueControl(queue.spool(), scheduler, adoption, ownerCheck, queue.blocking()),
        queue.blocking());
  }

  private static SmtpDelivery.Settings world(NodeConfig config) {
    Set<String> own = new HashSet<>();
    own.add(config.node().name().value());
    own.add(config.cluster().advertise().host().toLowerCase(Locale.ROOT));
    config.cluster().members().forEach(m -> own.add(m.host().toLowerCase(Locale.ROOT)));
    return new SmtpDelivery.Settings(
        config.node().name().value(),
        config.mail().smartHost().map(h -> InetSocketAddress.createUnresolved(h.host(), h.port())),
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
