package org.malleposte;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator;
import org.malleposte.config.LoginPolicy;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.ProgramVersion;
import org.malleposte.handover.CommitRule;
import org.malleposte.imap.ImapMetrics;
import org.malleposte.imap.ImapServer;
import org.malleposte.imap.ImapSettings;
import org.malleposte.imap.ImapVerticle;
import org.malleposte.mail.Domain;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.managesieve.ManageSieveLimits;
import org.malleposte.managesieve.ManageSieveMetrics;
import org.malleposte.managesieve.ManageSieveSettings;
import org.malleposte.managesieve.ManageSieveVerticle;
import org.malleposte.managesieve.ScriptManager;
import org.malleposte.pop3.MaildropLocks;
import org.malleposte.pop3.Pop3Limits;
import org.malleposte.pop3.Pop3Metrics;
import org.malleposte.pop3.Pop3Sessions;
import org.malleposte.pop3.Pop3Settings;
import org.malleposte.pop3.Pop3Verticle;
import org.malleposte.routing.Router;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.smtp.BodyFiles;
import org.malleposte.smtp.ClientPolicy;
import org.malleposte.smtp.FlushOnDemand;
import org.malleposte.smtp.LoginMessage;
import org.malleposte.smtp.PeerNames;
import org.malleposte.smtp.SmtpLimits;
import org.malleposte.smtp.SmtpServer;
import org.malleposte.smtp.SmtpServices;
import org.malleposte.smtp.SmtpSettings;
import org.malleposte.smtp.SmtpSettings.Telling;
import org.malleposte.smtp.SmtpVerticle;
import org.malleposte.tables.PrivacyFlag;
import org.malleposte.tls.ServerTls;
import org.malleposte.tls.TlsContexts;
import org.malleposte.trace.MailLog;

/**
 * The servers of this node: SMTP, IMAP, POP3 and ManageSieve, one instance of each on every event
 * loop in use.
 */
final class NodeProtocols implements AutoCloseable {
  /** Event loops that serve clients; one remains free for the links between nodes. */
  static final int INSTANCES = Math.max(2, Runtime.getRuntime().availableProcessors());

  private static final int BODY_THREADS = 4;

  /** What the servers ask of the rest of the node. */
  record Parts(
      Router router,
      CommitRule commitRule,
      Authenticator authenticator,
      NodeLogins logins,
      Supplier<LoginPolicy> sendmailLogins,
      MailboxStore mailboxes,
      NodeQuotas quotas,
      MaildropLocks maildropLocks,
      NodeSieve sieve,
      BlockingLane reads,
      PeerNames peerNames,
      FlushOnDemand flushes,
      ClientPolicy policy,
      TlsContexts tls,
      MailLog log,
      MeterRegistry meters,
      InstantSource clock,
      RandomGenerator random) {}

  private final Vertx vertx;
  private final NodeConfig config;
  private final Parts parts;
  private final BlockingLane bodies;
  private final ServerTls tls;
  private final List<String> deployed = new ArrayList<>();

  NodeProtocols(Vertx vertx, NodeConfig config, Parts parts) {
    this.vertx = vertx;
    this.config = config;
    this.parts = parts;
    this.tls = new ServerTls(parts.tls().serverOptions());
    this.bodies = new BlockingLane("bodies", BODY_THREADS, config.limits().connections() + 1);
  }

  /** Opens all ports. */
  void start() throws StartException, InterruptedException {
    deploy("SMTP", smtp());
    deploy("IMAP", imap());
    deploy("POP3", pop3());
    deploy("ManageSieve", manageSieve());
  }

  private Supplier<Deployable> smtp() throws StartException {
    var defaults = SmtpLimits.defaults();
    var sizes = defaults.sizes();
    var counts = defaults.counts();
    var limits =
        new SmtpLimits(
            new SmtpLimits.Sizes(
                sizes.textLineOctets(),
                config.mail().maxMessageSizeBytes(),
                Math.max(sizes.messageReadBytes(), config.mail().maxMessageSizeBytes()),
                config.limits().headerBytes(),
                sizes.receptionBytes()),
            new SmtpLimits.Counts(
                config.limits().recipients(),
                counts.recipientCommands(),
                counts.smallChunks(),
                counts.refusedRecipients(),
                counts.errors(),
                config.limits().errorsBeforeDelay(),
                counts.commandsWithoutMail(),
                counts.failedLogins(),
                config.limits().hops(),
                config.limits().connections(),
                config.limits().clientConnections(),
                counts.clientConnectionsPerMinute()),
            defaults.times().withCommand(config.limits().smtpTimeout()));
    var settings =
        new SmtpSettings(
            Domain.of(config.node().name().value()),
            greeting(),
            config.smtp(),
            config.lmtp(),
            privacy(config.mail().privacy()),
            limits,
            parts.logins().mechanisms("smtp", parts.sendmailLogins()));
    var server =
        new SmtpServer(
            settings,
            new SmtpServices(
                parts.router(),
                parts.commitRule(),
                parts.authenticator(),
                parts.peerNames(),
                parts.flushes(),
                parts.policy(),
                bodyFiles(),
                parts.log(),
                parts.meters(),
                parts.clock(),
                parts.random()));
    return () -> new SmtpVerticle(server, Optional.of(tls));
  }

  private LoginMessage greeting() {
    return new LoginMessage(
        config.mail().loginMessage().orElse(LoginMessage.DEFAULT), ProgramVersion.current());
  }

  private static SmtpSettings.Privacy privacy(Set<PrivacyFlag> flags) {
    return new SmtpSettings.Privacy(
        flags.contains(PrivacyFlag.NOVRFY) ? Telling.VAGUE : Telling.TOLD,
        flags.contains(PrivacyFlag.NOEXPN) ? Telling.REFUSED : Telling.TOLD,
        !flags.contains(PrivacyFlag.NOETRN),
        !flags.contains(PrivacyFlag.NORECEIPTS),
        !flags.contains(PrivacyFlag.NOBODYRETURN));
  }

  private BodyFiles bodyFiles() throws StartException {
    try {
      return BodyFiles.open(config.node().data().resolve("receiving"), bodies);
    } catch (IOException e) {
      throw new StartException("node.data cannot be used: " + e.getMessage(), e);
    }
  }

  private Supplier<Deployable> imap() {
    var settings =
        ImapSettings.of(
                config.imap(),
                config.node().name().value(),
                config.node().data().resolve("uploads"))
            .withAppendMaxBytes(config.mail().maxMessageSizeBytes())
            .withAutologout(config.limits().imapTimeout())
            .withSessionsMax(config.limits().connections())
            .withSessionsPerUserMax(config.limits().imapUserConnections())
            .withIdleNotice(config.limits().imapIdleNotify())
            .withQuotas(parts.quotas())
            .withGreeting(config.mail().greeting());
    var server =
        new ImapServer(
            settings,
            parts.mailboxes(),
            new SpecialMailboxes(
                parts.authenticator(), parts.mailboxes(), parts.reads(), config.mailboxes()),
            parts.logins().mailboxMechanisms("imap"),
            parts.reads(),
            parts.clock(),
            parts.random(),
            new ImapMetrics(parts.meters()));
    return () -> new ImapVerticle(server, Optional.of(tls));
  }

  private Supplier<Deployable> pop3() {
    var limits =
        new Pop3Limits(
            config.limits().connections(),
            config.limits().clientConnections(),
            Pop3Limits.DEFAULT.authFailures(),
            config.limits().pop3Timeout(),
            Pop3Limits.DEFAULT.drain());
    var sessions = new Pop3Sessions(limits);
    var metrics = new Pop3Metrics(parts.meters());
    var settings =
        new Pop3Settings(
            config.mail().greeting().orElse(config.node().name().value() + " Malleposte ready"),
            config.pop3(),
            limits,
            parts.logins().mailboxMechanisms("pop"),
            config.mail().pop3Uidl());
    return () ->
        new Pop3Verticle(
            settings,
            parts.mailboxes(),
            parts.authenticator(),
            parts.maildropLocks(),
            parts.reads(),
            Optional.of(tls),
            sessions,
            metrics,
            parts.clock());
  }

  private Supplier<Deployable> manageSieve() {
    var defaults = ManageSieveLimits.DEFAULT;
    var limits =
        new ManageSieveLimits(
            config.limits().connections(),
            defaults.authFailures(),
            defaults.idle(),
            defaults.drain());
    var metrics = new ManageSieveMetrics(parts.meters());
    var settings =
        new ManageSieveSettings(
            config.manageSieve(),
            limits,
            parts.logins().mechanisms("sieve", () -> LoginPolicy.SILENT));
    var scripts =
        new ScriptManager(parts.sieve().properties(), parts.sieve().scripts(), parts.reads());
    return () ->
        new ManageSieveVerticle(
            settings, parts.authenticator(), scripts, Optional.of(tls), metrics, parts.clock());
  }

  private void deploy(String what, Supplier<Deployable> verticle)
      throws StartException, InterruptedException {
    deployed.add(
        NodeCluster.await(
            vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(INSTANCES)),
            what + " cannot listen"));
  }

  /** Lets what is under way end. */
  Future<Void> drain() {
    return Future.join(deployed.stream().map(vertx::undeploy).toList()).mapEmpty();
  }

  @Override
  public void close() {
    bodies.close();
  }
}
