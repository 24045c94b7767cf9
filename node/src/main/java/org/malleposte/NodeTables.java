package org.malleposte;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.account.PasswdFile;
import org.malleposte.auth.AuthMetrics;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.PublishedUsers;
import org.malleposte.config.LoginMechanism;
import org.malleposte.config.LoginPolicy;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.SendmailKeys;
import org.malleposte.delivery.MasqueradedForm;
import org.malleposte.delivery.OutboundForm;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.mail.Domain;
import org.malleposte.routing.Router;
import org.malleposte.routing.TablesRouter;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.smtp.ClientPolicy;
import org.malleposte.smtp.ConnectionThrottle;
import org.malleposte.smtp.PeerNames;
import org.malleposte.tables.OwnHost;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableCopies;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TablePublisher;
import org.malleposte.tables.TableSet;
import org.malleposte.tables.TableSource;
import org.malleposte.tables.TableSubscriber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** sendmail's tables in force on this node, and those that primaries have published. */
final class NodeTables implements AutoCloseable {
  /** Names of clients looked up at once. */
  private static final int RESOLVERS = 32;

  private static final Logger LOG = LoggerFactory.getLogger(NodeTables.class);

  private final NodeAccounts accounts;
  private final Timers timers;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final TableLoader loader;
  private final TableSource source;
  private final TablesRouter router;
  // Threads of their own: the system's resolver blocks, and would hold a carrier of virtual threads
  // for as long as a name server is silent.
  private final ExecutorService resolving =
      Executors.newFixedThreadPool(
          RESOLVERS, Thread.ofPlatform().name("resolver-", 1).daemon(true).factory());
  private final ConnectionThrottle throttle;
  private final Optional<TablePublisher> publisher;
  private final Optional<TableSubscriber> subscriber;
  private volatile TableLoader.Loaded inForce;

  NodeTables(
      NodeConfig config,
      Directory directory,
      NodeAccounts accounts,
      BlockingLane lane,
      Timers timers,
      InstantSource clock,
      RandomGenerator random) {
    this.accounts = accounts;
    this.timers = timers;
    this.clock = clock;
    this.random = random;
    loader =
        new TableLoader(
            OwnHost.named(config.node().name().value()),
            SendmailKeys.applied(),
            name -> accounts.names().find(name).isPresent());
    throttle =
        new ConnectionThrottle(
            config.limits().connectionsPerSecond(), () -> System.nanoTime() / 1_000_000);
    source = new TableSource(config.mail().tables(), config.mail().aliases());
    inForce = load();
    inForce.problems().forEach(p -> LOG.warn("{}", p));
    boolean alone = config.cluster().isAlone();
    if (config.node().role() == Role.SECONDARY && !alone) {
      publisher = Optional.empty();
      subscriber =
          Optional.of(
              new TableSubscriber(
                  directory,
                  new TableCopies(config.node().data().resolve("tables")),
                  lane,
                  timers,
                  _ -> {}));
    } else {
      publisher =
          alone
              ? Optional.empty()
              : Optional.of(new TablePublisher(directory, config.node().name(), lane, timers));
      subscriber = Optional.empty();
    }
    router = new TablesRouter(this::tables, accounts.names(), this::published);
    publish();
  }

  private PublishedView published() {
    return subscriber.map(TableSubscriber::view).orElseGet(PublishedView.Unneeded::new);
  }

  // What leaves this node has no password in it that can be read.
  private void publish() {
    publisher.ifPresent(
        p -> {
          var file = accounts.publishable();
          p.publish(tables(), file.names(), file.toBytes());
        });
  }

  private TableSet tables() {
    return inForce.tables();
  }

  /** {@code confAUTH_MECHANISMS}, as far as they are known here. */
  LoginPolicy logins() {
    return new LoginPolicy(
        tables()
            .policy()
            .auth()
            .mechanisms()
            .map(names -> names.stream().flatMap(n -> LoginMechanism.named(n).stream()).toList()));
  }

  /** What {@code access} says of single clients, by the tables in force. */
  ClientPolicy clientPolicy() {
    return new ClientPolicy() {
      @Override
      public OptionalInt connections(String address) {
        return tables().clientConnections(address);
      }

      @Override
      public OptionalInt connectionsPerMinute(String address) {
        return tables().clientRate(address);
      }

      @Override
      public Optional<Duration> greetPause(String address, Optional<String> hostName) {
        Optional<Duration> pause = tables().greetPause(address, hostName);
        Duration wait = throttle.delay();
        return wait.isZero() ? pause : Optional.of(wait.plus(pause.orElse(Duration.ZERO)));
      }
    };
  }

  /** How mail looks to other hosts, by the tables in force. */
  OutboundForm outboundForm() {
    var now = inForce;
    return now.masquerade().isOn()
        ? new MasqueradedForm(now.masquerade(), now.tables().localHostNames())
        : OutboundForm.UNCHANGED;
  }

  /** What tables that are not in force yet say beside, which counts only after a new start. */
  List<String> needRestart(TableLoader.Loaded next) {
    return SendmailKeys.needRestart(inForce.mc(), next.mc());
  }

  Router router() {
    return router;
  }

  /** Reads the files again; what was read before stays in force. Blocks. */
  TableLoader.Loaded load() {
    return loader.load(source);
  }

  /** Puts tables in force, and publishes them with the accounts as they are now. */
  void use(TableLoader.Loaded loaded) {
    inForce = loaded;
    publish();
  }

  Authenticator authenticator(NodeLogins logins, MeterRegistry meters) {
    return accounts.authenticator(
        subscriber
            .<Supplier<PasswdFile>>map(s -> new PublishedUsers(s::credentials))
            .orElse(() -> PasswdFile.EMPTY),
        this::isLocal,
        logins,
        timers,
        clock,
        random,
        new AuthMetrics(meters));
  }

  private boolean isLocal(Domain domain) {
    return isLocal(tables(), domain)
        || published() instanceof PublishedView.Known(var primaries)
            && primaries.stream().anyMatch(p -> isLocal(p.tables(), domain));
  }

  private static boolean isLocal(TableSet set, Domain domain) {
    return set.localHostNames().find(domain).isPresent();
  }

  /** The names of clients, from DNS and back. */
  PeerNames peerNames() {
    return address ->
        CompletableFuture.supplyAsync(() -> verified(address), resolving)
            .completeOnTimeout(Optional.empty(), 2, TimeUnit.SECONDS);
  }

  private static Optional<String> verified(String address) {
    try {
      var peer = InetAddress.getByName(address);
      if (peer.isLoopbackAddress()) {
        return Optional.of("localhost");
      }
      String name =
          peer.getCanonicalHostName(); // asks forward too, and gives the address if that fails
      return name.equals(peer.getHostAddress()) ? Optional.empty() : Optional.of(name);
    } catch (UnknownHostException _) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    resolving.shutdown();
    publisher.ifPresent(TablePublisher::close);
    subscriber.ifPresent(TableSubscriber::close);
  }
}
