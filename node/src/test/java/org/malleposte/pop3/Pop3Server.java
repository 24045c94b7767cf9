package org.malleposte.pop3;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.PasswordsOnly;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.blob.MessageBody;
import org.malleposte.config.Listener;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ScheduledTimers;
import org.malleposte.shard.FakeDirectory;
import org.malleposte.tls.ServerTls;
import org.malleposte.transcript.TestCertificate;

/** A POP3 server over a store in memory, with three users. */
final class Pop3Server implements AutoCloseable {
  static final AccountName ALICE = new AccountName("alice");
  static final AccountName BOB = new AccountName("bob");
  private static final KeyCertOptions CERTIFICATE = TestCertificate.create("mx1.test").options();
  private static final Random RANDOM = new Random(1);

  final FakeMailboxStore store = new FakeMailboxStore();
  final FakeDirectory directory = new FakeDirectory();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final BlockingLane lane = new BlockingLane("test-pop3", 2, 1000);
  private final ScheduledTimers timers = new ScheduledTimers("test-timers");
  private final Vertx vertx = Vertx.vertx();
  private final Listener clear = new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, false);
  private final Listener implicit = new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, false);
  private final DirectoryMaildropLocks locks;
  private final Pop3Verticle verticle;
  private final String deployment;

  Pop3Server() {
    this(Pop3Limits.DEFAULT);
  }

  Pop3Server(Pop3Limits limits) {
    this(limits, new Accounts());
  }

  Pop3Server(Pop3Limits limits, PasswordsOnly authenticator) {
    this(limits, authenticator, TestMechanisms.byDefault());
  }

  Pop3Server(Pop3Limits limits, Authenticator authenticator, SaslMechanisms sasl) {
    locks =
        new DirectoryMaildropLocks(
            directory, new NodeName("mx1.test"), _ -> true, lane, timers, InstantSource.system());
    var certificate = new ServerSSLOptions();
    certificate.setKeyCertOptions(CERTIFICATE);
    verticle =
        new Pop3Verticle(
            new Pop3Settings("mx1.test", List.of(clear, implicit), limits, sasl),
            store,
            authenticator,
            locks,
            lane,
            Optional.of(new ServerTls(certificate)),
            new Pop3Sessions(limits),
            new Pop3Metrics(registry),
            InstantSource.system());
    deployment = await(vertx.deployVerticle(verticle));
  }

  /** Three messages for alice, of 31, 72 and 49 octets. */
  Pop3Server withMail() {
    append(ALICE, "Subject: one\r\n\r\nfirst message\r\n");
    append(
        ALICE,
        "Subject: two\r\nX-Long: yes\r\n\r\n.leading dot\r\n..\r\n.\r\nline\r\nend with no CRLF");
    append(ALICE, "Subject: three\r\n\r\n8-bit: ä\r\nonly\r\nthree\r\nlines\r\n");
    return this;
  }

  long append(AccountName account, String text) {
    return append(account, text.getBytes(StandardCharsets.UTF_8));
  }

  long append(AccountName account, byte[] bytes) {
    var append =
        new MailboxStore.Append(
            QueueId.create(Instant.EPOCH, RANDOM),
            account,
            MailboxName.INBOX,
            Flags.NONE,
            Instant.EPOCH,
            new MessageBody.InMemory(bytes));
    return switch (store.append(append).join()) {
      case org.malleposte.mailbox.StoreAnswer.Done<MailboxStore.Appended>(var a) -> a.uid();
      default -> throw new IllegalStateException("not appended");
    };
  }

  InetSocketAddress clear() {
    return new InetSocketAddress("127.0.0.1", verticle.ports().get(clear));
  }

  InetSocketAddress implicit() {
    return new InetSocketAddress("127.0.0.1", verticle.ports().get(implicit));
  }

  double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  double sessions() {
    return registry.get("malleposte.pop3.sessions").gauge().value();
  }

  Future<Void> stop() {
    return vertx.undeploy(deployment);
  }

  @Override
  public void close() {
    await(vertx.close());
    locks.close();
    lane.close();
    timers.close();
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** Answers on another thread, as the real one does. */
  static final class Accounts implements PasswordsOnly {
    @Override
    public CompletableFuture<LoginOutcome> login(String login, String password, String peer) {
      return CompletableFuture.supplyAsync(() -> check(login, password));
    }

    private static LoginOutcome check(String login, String password) {
      if (password.equals("busy")) {
        return new LoginOutcome.Unavailable("too many failed logins, try later");
      }
      return switch (login + " " + password) {
        case "alice secret", "alice@example.org secret" -> new LoginOutcome.Granted(ALICE);
        case "bob secret" -> new LoginOutcome.Granted(BOB);
        case "spacey two words " -> new LoginOutcome.Granted(new AccountName("spacey"));
        default -> new LoginOutcome.Denied();
      };
    }
  }
}
