package org.malleposte.smtp;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.config.AddressBlock;
import org.malleposte.config.Listener;
import org.malleposte.config.NodeConfig;
import org.malleposte.handover.CommitRule;
import org.malleposte.mail.Domain;
import org.malleposte.routing.Router;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.tls.ClientAuthority;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsContexts;
import org.malleposte.trace.MailEvent;

/** A real SMTP server on loopback, with fakes behind it. */
final class SmtpHarness implements AutoCloseable {
  static final int SMTP = 0;
  static final int SMTPS = 1;
  static final int SUBMISSION = 2;
  static final int SUBMISSIONS = 3;
  static final int PROXIED = 4;
  static final int NOT_PROXIED = 5;
  static final int LMTP = 6;
  static final int LMTPS = 7;

  /** Who the server is, and what it knows of the world. */
  record Host(String name, Router router, PeerNames names) {}

  final FakeRouter router = new FakeRouter();
  final FakeCommitRule commits;
  final List<MailEvent> events = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final SmtpServer server;
  private final Vertx vertx = Vertx.vertx();
  private final BlockingLane lane = new BlockingLane("bodies", 2, 1000);
  private final String deployment;

  SmtpHarness(Path directory, SmtpLimits limits) throws Exception {
    this(directory, limits, 1);
  }

  SmtpHarness(Path directory, SmtpLimits limits, int instances) throws Exception {
    this(directory, limits, instances, new FakeCommitRule());
  }

  SmtpHarness(Path directory, SmtpLimits limits, int instances, CommitRule rule) throws Exception {
    this(directory, limits, instances, rule, new FakeAuthenticator(), TestMechanisms.byDefault());
  }

  SmtpHarness(
      Path directory,
      SmtpLimits limits,
      int instances,
      CommitRule rule,
      Authenticator authenticator,
      SaslMechanisms sasl)
      throws Exception {
    this(directory, limits, instances, rule, authenticator, sasl, Optional.empty());
  }

  SmtpHarness(
      Path directory,
      SmtpLimits limits,
      int instances,
      CommitRule rule,
      Authenticator authenticator,
      SaslMechanisms sasl,
      Optional<ClientAuthority> clients)
      throws Exception {
    this(directory, limits, instances, rule, authenticator, sasl, clients, Optional.empty());
  }

  /** With another router than {@link #router}. */
  SmtpHarness(Path directory, SmtpLimits limits, FakeCommitRule rule, Host host) throws Exception {
    this(
        directory,
        limits,
        1,
        rule,
        new FakeAuthenticator(),
        TestMechanisms.byDefault(),
        Optional.empty(),
        Optional.of(host));
  }

  private SmtpHarness(
      Path directory,
      SmtpLimits limits,
      int instances,
      CommitRule rule,
      Authenticator authenticator,
      SaslMechanisms sasl,
      Optional<ClientAuthority> clients,
      Optional<Host> host)
      throws Exception {
    commits = rule instanceof FakeCommitRule fake ? fake : new FakeCommitRule();
    server =
        new SmtpServer(
            new SmtpSettings(
                Domain.of(host.map(Host::name).orElse("mx.test")),
                new LoginMessage(LoginMessage.DEFAULT, "test"),
                listeners(),
                List.of(
                    new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, false),
                    new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, false)),
                SmtpSettings.Privacy.DEFAULT,
                limits,
                sasl),
            services(
                directory,
                rule,
                authenticator,
                host.orElse(new Host("mx.test", router, PeerNames.NONE))));
    var tls = Optional.of(new ServerTls(certificate(clients).serverOptions()));
    deployment =
        vertx
            .deployVerticle(
                () -> new SmtpVerticle(server, tls),
                new DeploymentOptions().setInstances(instances))
            .await(20, TimeUnit.SECONDS);
  }

  /** As a node has it, self-signed. */
  private static TlsContexts certificate(Optional<ClientAuthority> clients) throws IOException {
    Path directory = Files.createTempDirectory("smtp-harness");
    try {
      return new TlsContexts(
          new NodeConfig.Tls(Optional.empty(), List.of(), directory),
          clients,
          "mx.test",
          InstantSource.system(),
          new SecureRandom());
    } finally {
      for (Path file : list(directory)) {
        Files.delete(file);
      }
      Files.delete(directory);
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private SmtpServices services(
      Path directory, CommitRule rule, Authenticator authenticator, Host host) throws IOException {
    return new SmtpServices(
        host.router,
        rule,
        authenticator,
        host.names,
        (domain, _) -> domain.name().equals("queued.test"),
        ClientPolicy.NONE,
        BodyFiles.open(directory, lane),
        events::add,
        meters,
        InstantSource.system(),
        new SecureRandom());
  }

  private static List<Listener> listeners() {
    return List.of(
        new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, false),
        new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, false),
        new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, true),
        new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, true),
        behind("127.0.0.0/8"),
        behind("192.0.2.0/24"));
  }

  private static Listener behind(String proxies) {
    return new Listener(
        "127.0.0.1",
        0,
        Listener.Tls.STARTTLS,
        false,
        Listener.Senders.OWN,
        List.of(AddressBlock.parse(proxies)),
        Set.of());
  }

  InetSocketAddress address(int listener) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.ports().get(listener));
  }

  double count(String name, String kind) {
    return meters.get("malleposte.smtp." + name).tag("kind", kind).counter().count();
  }

  /** Undeploys: what {@code stop} does. */
  io.vertx.core.Future<Void> stop() {
    return vertx.undeploy(deployment);
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    lane.close();
  }
}
