package org.malleposte;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.malleposte.account.PasswdFile;
import org.malleposte.admin.AdminServices;
import org.malleposte.admin.AdminToken;
import org.malleposte.admin.AdminVerticle;
import org.malleposte.auth.ClusterLoginNews;
import org.malleposte.cluster.Gate;
import org.malleposte.cluster.Membership;
import org.malleposte.cluster.RoleMachine;
import org.malleposte.cluster.StatusExchange;
import org.malleposte.config.DovecotChanges;
import org.malleposte.config.HostPort;
import org.malleposte.config.Listener;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.ProgramVersion;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.metrics.MailMeters;
import org.malleposte.metrics.MeterRegistries;
import org.malleposte.metrics.NodeMeters;
import org.malleposte.mime.KeptHeader;
import org.malleposte.pop3.DirectoryMaildropLocks;
import org.malleposte.raft.StoreIdentity;
import org.malleposte.reload.ClusterReload;
import org.malleposte.runtime.ScheduledTimers;
import org.malleposte.tls.CertificateReloader;
import org.malleposte.tls.ClientAuthority;
import org.malleposte.tls.ClusterTls;
import org.malleposte.tls.Reloadable;
import org.malleposte.tls.TlsContexts;
import org.malleposte.trace.MailLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node, wired. Everything is made here and handed on by constructor, in the order in which it
 * is needed; {@link #stop} takes it down in the opposite one. Started and stopped on a thread that
 * may wait.
 */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long DRAIN_SECONDS = 25;
  private static final Duration FOUNDING_LIMIT = Duration.ofSeconds(20);
  private static final Duration COMING_LIMIT = Duration.ofSeconds(3);
  private static final Duration LEADERS_LIMIT = Duration.ofSeconds(3);
  private static final Duration LEADERS_PAUSE = Duration.ofMillis(20);

  private final NodeConfig config;
  private final InstantSource clock;
  private final SecureRandom random =
      new SecureRandom(); // thread-safe; names must not repeat after a restart
  private final ScheduledTimers timers = new ScheduledTimers("timers");
  private final PrometheusMeterRegistry meters = MeterRegistries.forProcess();
  private final MailLog log = MailLog.toLogger().and(new MailMeters(meters));
  private FileChannel lock;
  private NodeQueue queue;
  private NodeCluster cluster;
  private NodeStore store;
  private NodeQuotas quotas;
  private NodeRole role;
  private NodeAccounts accounts;
  private NodeTables tables;
  private NodeLogins logins;
  private NodeSieve sieve;
  private NodeDelivery delivery;
  private DirectoryMaildropLocks maildropLocks;
  private NodeProtocols protocols;
  private CertificateReloader certificates;
  private ClusterReload reload;

  private Node(NodeConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Starts a node; returns once its ports are open and it has joined its cluster.
   *
   * @throws StartException says what the postmaster can mend
   */
  static Node start(NodeConfig config, InstantSource clock)
      throws StartException, InterruptedException {
    var node = new Node(config, clock);
    try {
      node.start();
      return node;
    } catch (StartException | InterruptedException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private void start() throws StartException, InterruptedException {
    lockData();
    var clusterTls = clusterTls();
    var clients = clientAuthority();
    var tls = tls(clients);
    queue = new NodeQueue(config, clock, random);
    var identity = StoreIdentity.open(config.node().storeDirectory(), random);
    var self = self(identity);
    var membership = new Membership(self, clock);
    var applicant =
        new Gate.Applicant(
            config.cluster().name(),
            NodeCluster.PROTOCOL,
            self.version(),
            self.name().value(),
            queue.spool().id() + "/" + ProcessHandle.current().pid());
    cluster = NodeCluster.join(NodeCluster.settings(config), clusterTls, applicant, membership);
    quotas = new NodeQuotas(config.quota());
    store =
        new NodeStore(
            config,
            identity,
            cluster.link(),
            membership,
            clusterTls,
            new StorePolicy(quotas, KeptHeader::of, config.store().keepExpunged()),
            timers,
            clock,
            random);
    role =
        new NodeRole(
            self,
            new RoleMachine(self.role(), config.failover().promoteAfter()),
            membership,
            store::hasMajority,
            clock);
    var exchange = cluster.announce(role::self, this::facts);
    store.start();
    accounts =
        new NodeAccounts(
            config.mail().accounts(),
            store.mail().directory(),
            store.lane(),
            timers,
            clock,
            random);
    quotas.ask(
        name -> accounts.file().entry(name).map(PasswdFile.Entry::extraFields).orElse(Map.of()));
    tables =
        new NodeTables(
            config, store.mail().directory(), accounts, store.lane(), timers, clock, random);
    logins =
        new NodeLogins(
            config,
            clients,
            new ClusterLoginNews(cluster.link(), membership, timers),
            store.mail().directory(),
            store.lane(),
            timers,
            clock,
            random);
    sieve = new NodeSieve(config.sieve(), store.mail().mailboxes());
    delivery =
        new NodeDelivery(
            config,
            queue,
            cluster,
            store,
            sieve,
            tables.router(),
            tables::outboundForm,
            timers,
            clock,
            random,
            log);
    maildropLocks =
        new DirectoryMaildropLocks(
            store.mail().directory(),
            self.name(),
            name -> membership.view().member(name).isPresent(),
            store.lane(),
            timers,
            clock);
    protocols = new NodeProtocols(cluster.vertx(), config, parts(tls));
    protocols.start();
    var reloadable = new ArrayList<Reloadable>(List.of(tls, clusterTls));
    clients.ifPresent(reloadable::add);
    administer(reloadable);
    certificates =
        new CertificateReloader(reloadable, store.lane(), timers, CertificateReloader.PERIOD);
    delivery.start();
    NodeMeters.register(
        meters, new NodeReadings(queue, delivery.gauges(), store, membership, role));
    serve(exchange);
  }

  private void serve(StatusExchange exchange) throws InterruptedException {
    awaitFounding();
    awaitLeaders();
    role.start(timers, exchange::sayNow);
    role.ready(true);
    LOG.info("ready: {} as {}", config.node().name(), config.node().role());
  }

  // Until the store is founded readers hear "unavailable", and a newcomer thinks that it is broken.
  // When a founder is missing the node serves without: it can accept mail.
  private void awaitFounding() throws InterruptedException {
    var now = clock.instant();
    while (!store.isOpen()
        && store.failure().isEmpty()
        && clock.instant().isBefore(now.plus(foundersAreHere() ? FOUNDING_LIMIT : COMING_LIMIT))) {
      NodeCluster.pause(LEADERS_PAUSE);
    }
  }

  private boolean foundersAreHere() {
    return cluster.membership().view().members().size() >= config.cluster().founders();
  }

  // A founded store has its leaders in a second or two, and a primary that is ready should be able
  // to deliver.
  private void awaitLeaders() throws InterruptedException {
    var end = clock.instant().plus(LEADERS_LIMIT);
    while (store.isOpen() && !store.hasMajority() && clock.instant().isBefore(end)) {
      NodeCluster.pause(LEADERS_PAUSE);
    }
  }

  // Two processes on one directory would each find the other's files in the way; say so at once.
  private void lockData() throws StartException {
    try {
      Files.createDirectories(config.node().data());
      lock =
          FileChannel.open(
              config.node().data().resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (lock.tryLock() == null) {
        throw new StartException(
            "node.data " + config.node().data() + " is in use by another process");
      }
    } catch (IOException e) {
      throw new StartException("node.data cannot be used: " + e, e);
    }
  }

  private ClusterTls clusterTls() throws StartException {
    boolean loopback =
        config.cluster().isAlone()
            || config.cluster().listen().isLoopback()
                && config.cluster().members().stream().allMatch(HostPort::isLoopback);
    try {
      return ClusterTls.of(
          config.cluster().tls(), loopback, config.node().name().value(), clock, random);
    } catch (IOException e) {
      throw new StartException("cluster.tls: " + e.getMessage(), e);
    }
  }

  private Optional<ClientAuthority> clientAuthority() throws StartException {
    try {
      var file = config.auth().clientCa();
      var directory = config.auth().clientCaDirectory();
      return file.isPresent() || directory.isPresent()
          ? Optional.of(new ClientAuthority(file, directory))
          : Optional.empty();
    } catch (IOException e) {
      throw new StartException("auth.client-ca, auth.client-ca-directory: " + e.getMessage(), e);
    }
  }

  private TlsContexts tls(Optional<ClientAuthority> clients) throws StartException {
    try {
      return new TlsContexts(config.tls(), clients, config.node().name().value(), clock, random);
    } catch (IOException e) {
      throw new StartException("tls: " + e.getMessage(), e);
    }
  }

  private Member self(StoreIdentity identity) {
    var addresses = new HashMap<String, String>();
    var at = config.cluster().advertise();
    addresses.put("hazelcast", at.toString());
    addresses.put("eventbus", at.plus(NodeConfig.Cluster.EVENT_BUS_OFFSET).toString());
    addresses.put("raft", at.plus(NodeConfig.Cluster.RAFT_OFFSET).toString());
    addresses.put(
        "http", seenFromOutside(config.http().listen().host(), config.http().listen().port()));
    firstOf(config.smtp().stream().filter(l -> !l.submission()).toList(), "smtp", addresses);
    firstOf(config.imap(), "imap", addresses);
    firstOf(config.pop3(), "pop3", addresses);
    firstOf(config.manageSieve(), "managesieve", addresses);
    return new Member(
        config.node().name(),
        config.node().role(),
        false,
        false,
        queue.spool().id(),
        identity.id(),
        ProgramVersion.current(),
        addresses,
        clock.instant());
  }

  private void firstOf(List<Listener> listeners, String name, Map<String, String> addresses) {
    listeners.stream()
        .findFirst()
        .ifPresent(l -> addresses.put(name, seenFromOutside(l.host(), l.port())));
  }

  private String seenFromOutside(String host, int port) {
    var bound = new HostPort(host, port);
    return (bound.isEveryAddress()
            ? new HostPort(config.cluster().advertise().host(), port)
            : bound)
        .toString();
  }

  private Map<String, String> facts() {
    var facts = new LinkedHashMap<String, String>(role.facts());
    facts.putAll(queue.facts());
    return facts;
  }

  private NodeProtocols.Parts parts(TlsContexts tls) {
    return new NodeProtocols.Parts(
        tables.router(),
        delivery.commitRule(),
        tables.authenticator(logins, meters),
        logins,
        tables::logins,
        store.mail().mailboxes(),
        quotas,
        maildropLocks,
        sieve,
        store.lane(),
        tables.peerNames(),
        delivery.flushes(),
        tables.clientPolicy(),
        tls,
        log,
        meters,
        clock,
        random);
  }

  private void administer(List<Reloadable> certificates)
      throws StartException, InterruptedException {
    AdminToken token;
    try {
      token = AdminToken.loadOrCreate(config.node().tokenFile(), random);
    } catch (IOException e) {
      throw new StartException(
          "the token of the HTTP interface cannot be kept: " + e.getMessage(), e);
    }
    reload =
        new ClusterReload(
            cluster.link(),
            store.mail().directory(),
            cluster.membership()::view,
            new NodeReload(
                tables, accounts, certificates, new DovecotChanges(config.mail().dovecot())),
            store.lane(),
            timers,
            random);
    var administration =
        new NodeAdministration(config.cluster().name(), cluster.membership(), store, role, reload);
    var services =
        new AdminServices(
            administration,
            administration,
            delivery.queueOperations(),
            accounts.users(store.mail().mailboxes(), clock),
            meters);
    NodeCluster.await(
        cluster.vertx().deployVerticle(new AdminVerticle(config.http().listen(), token, services)),
        "HTTP cannot listen on " + config.http().listen());
  }

  /** Takes no new work, lets what is under way end, and closes. Blocks, half a minute at most. */
  void stop() {
    LOG.info("draining");
    role.ready(false);
    await(protocols.drain(), "not all clients could be told good-bye");
    close();
    LOG.info("stopped");
  }

  // What a failed start has not made yet is null.
  private void close() {
    closeAll(
        certificates, reload, timers, protocols, maildropLocks, logins, tables, accounts, store);
    if (cluster != null) {
      await(cluster.leave(), "the cluster was left without a word");
    }
    closeAll(queue, meters::close, lock);
  }

  // At the end nobody is left to tell, so what fails is only logged.
  private static void await(Future<Void> ending, String otherwise) {
    try {
      ending.toCompletionStage().toCompletableFuture().get(DRAIN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("{}: {}", otherwise, e.toString());
    }
  }

  private static void closeAll(AutoCloseable... parts) {
    for (var part : parts) {
      if (part == null) {
        continue;
      }
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("closing {}: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
