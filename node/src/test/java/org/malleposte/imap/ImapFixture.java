package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.PasswordsOnly;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.blob.MessageBody;
import org.malleposte.config.Listener;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.FakeMailboxStore;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mime.HeaderBlock;
import org.malleposte.mime.HeaderField;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.tls.ServerTls;
import org.malleposte.transcript.LineClient;
import org.malleposte.transcript.TestCertificate;

/** A server on ports that the system chose: 0 with STARTTLS, 1 with implicit TLS. */
final class ImapFixture implements AutoCloseable {
  static final AccountName ALICE = new AccountName("alice");
  private static final TestCertificate CERTIFICATE = TestCertificate.create("localhost");

  final Vertx vertx = Vertx.vertx();
  final FakeMailboxStore fake = new FakeMailboxStore();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final BlockingLane lane = new BlockingLane("imap-test", 4, 1_000);
  final MailboxStore store;
  final ImapServer server;
  private final SecureRandom random = new SecureRandom();
  private final Path uploads;
  private String deployment;

  private ImapFixture(UnaryOperator<ImapSettings> change, Optional<MailboxStore> other) {
    this(change, other, (PasswordsOnly) ImapFixture::login, TestMechanisms.byDefault());
  }

  private ImapFixture(
      UnaryOperator<ImapSettings> change,
      Optional<MailboxStore> other,
      Authenticator authenticator,
      SaslMechanisms sasl) {
    this(change, other, authenticator, sasl, InstantSource.system());
  }

  private ImapFixture(
      UnaryOperator<ImapSettings> change,
      Optional<MailboxStore> other,
      Authenticator authenticator,
      SaslMechanisms sasl,
      InstantSource clock) {
    try {
      uploads = Files.createTempDirectory("imap-test-");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    store = other.orElse(fake);
    var listeners =
        List.of(
            new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, false),
            new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, false));
    var settings = change.apply(ImapSettings.of(listeners, "mx1.test", uploads.resolve("append")));
    server =
        new ImapServer(
            settings, store, authenticator, sasl, lane, clock, random, new ImapMetrics(meters));
    deploy();
  }

  static ImapFixture start() {
    return new ImapFixture(settings -> settings, Optional.empty());
  }

  static ImapFixture start(Authenticator authenticator, SaslMechanisms sasl) {
    return new ImapFixture(settings -> settings, Optional.empty(), authenticator, sasl);
  }

  static ImapFixture start(InstantSource clock) {
    return new ImapFixture(
        settings -> settings,
        Optional.empty(),
        (PasswordsOnly) ImapFixture::login,
        TestMechanisms.byDefault(),
        clock);
  }

  static ImapFixture start(UnaryOperator<ImapSettings> change) {
    return new ImapFixture(change, Optional.empty());
  }

  static ImapFixture over(MailboxStore store) {
    return new ImapFixture(settings -> settings, Optional.of(store));
  }

  private void deploy() {
    var options = new ServerSSLOptions();
    options.setKeyCertOptions(CERTIFICATE.options());
    var tls = new ServerTls(options);
    deployment =
        await(
            vertx.deployVerticle(
                () -> new ImapVerticle(server, Optional.of(tls)),
                new DeploymentOptions().setInstances(2)));
  }

  /** Every name with the password {@code secret}; {@code later} cannot be checked now. */
  private static CompletableFuture<LoginOutcome> login(String login, String password, String peer) {
    LoginOutcome outcome = new Authenticator.LoginOutcome.Denied();
    if (login.equals("later")) {
      outcome = new Authenticator.LoginOutcome.Unavailable("test");
    } else if (password.equals("secret")) {
      outcome = new Authenticator.LoginOutcome.Granted(AccountName.of(login));
    }
    return CompletableFuture.completedFuture(outcome);
  }

  InetSocketAddress address(boolean tls) {
    return new InetSocketAddress("127.0.0.1", server.port(tls ? 1 : 0));
  }

  Path uploads() {
    return server.settings().uploadDirectory();
  }

  long uploadedFiles() {
    try (var files = Files.list(uploads())) {
      return files.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  double count(String counter, String... tags) {
    return meters.counter("malleposte.imap." + counter, tags).count();
  }

  LineClient connect() throws IOException {
    var client = LineClient.connect(address(false), false);
    assertThat(client.readLine()).startsWith("* OK");
    return client;
  }

  LineClient loggedIn() throws IOException {
    var client = connect();
    client.writeLine("t LOGIN alice secret");
    assertThat(client.readLine()).startsWith("t OK");
    return client;
  }

  LineClient selected() throws IOException {
    var client = loggedIn();
    assertThat(command(client, "SELECT INBOX")).last().asString().startsWith("t OK");
    return client;
  }

  static List<String> command(LineClient client, String text) throws IOException {
    client.writeLine("t " + text);
    return until(client);
  }

  /** Lines up to the tagged one, or to BYE. */
  static List<String> until(LineClient client) throws IOException {
    var lines = new ArrayList<String>();
    for (String line = client.readLine(); line != null; line = client.readLine()) {
      lines.add(line);
      if (line.startsWith("t ") || line.startsWith("* BYE")) {
        break;
      }
    }
    return lines;
  }

  /** Appends to INBOX as a delivery does. */
  long deliver(String message) {
    return deliver(message, MailboxName.INBOX, Flags.NONE);
  }

  long deliver(String message, MailboxName mailbox, Flags flags) {
    byte[] bytes = message.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    return deliver(bytes, mailbox, flags);
  }

  long deliver(byte[] message, MailboxName mailbox, Flags flags) {
    var answer =
        store
            .append(
                new MailboxStore.Append(
                    QueueId.create(Instant.now(), random),
                    ALICE,
                    mailbox,
                    flags,
                    Instant.parse("2026-02-03T04:05:06Z"),
                    new MessageBody.InMemory(message)))
            .join();
    return ((StoreAnswer.Done<MailboxStore.Appended>) answer).value().uid();
  }

  /** INBOX, by UID. */
  List<String> subjectsAndFlags() {
    var all = new ArrayList<String>();
    messages(message -> all.add(subject(message) + ": " + message.flags()));
    return all;
  }

  /** Takes a message away as another session does. */
  void expunge(String subject) {
    messages(
        message -> {
          if (subject(message).equals(subject)) {
            store.expunge(ALICE, inbox(), UidSet.range(message.uid(), message.uid()), false).join();
          }
        });
  }

  private void messages(Consumer<Message> consumer) {
    var all = new ArrayList<Message>();
    store.messages(ALICE, inbox(), UidSet.range(1, Integer.MAX_VALUE), all::add);
    all.forEach(consumer);
  }

  private long inbox() {
    return store.find(ALICE, MailboxName.INBOX).orElseThrow().id();
  }

  private String subject(Message message) {
    try (var in = store.openBody(ALICE, message.blob())) {
      return HeaderBlock.read(in).first("Subject").map(HeaderField::value).orElse("").strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void stopServer() {
    await(vertx.undeploy(deployment));
  }

  static <T> T await(io.vertx.core.Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(vertx.close());
    lane.close();
  }
}
