package org.malleposte.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.SpoolEntry;

class SmtpDeliveryTest {
  private static final Target.Remote ALICE = remote("alice@far.example");
  private static final Target.Remote BOB = remote("bob@far.example");
  private final List<ScriptedHost> hosts = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (var host : hosts) {
      host.close();
    }
  }

  private static Target.Remote remote(String address) {
    return new Target.Remote(EmailAddress.parse(address), EmailAddress.parse(address));
  }

  private ScriptedHost host(Function<String, String> replies) throws IOException {
    var host = new ScriptedHost(replies);
    hosts.add(host);
    return host;
  }

  /** A host that takes all, but for {@code exceptions} by the beginning of the command. */
  private static Function<String, String> taking(Map<String, String> exceptions) {
    return line -> {
      for (var e : exceptions.entrySet()) {
        if (line.startsWith(e.getKey())) {
          return e.getValue();
        }
      }
      return switch (line.split(" ")[0]) {
        case "(greeting)" -> "220 far.example";
        case "EHLO" -> "250-far.example\n250-SIZE 1000000\n250 8BITMIME";
        case "DATA" -> "354 go on";
        default -> "250 2.0.0 ok";
      };
    };
  }

  private final Patience time = new Patience();

  /** Timers that go on when they are told to. Thread-safe. */
  private static final class Patience implements Timers {
    private final Map<Runnable, Duration> left = new LinkedHashMap<>();

    @Override
    public synchronized Timer after(Duration delay, Runnable task) {
      Runnable own = task::run;
      left.put(own, delay);
      return () -> {
        synchronized (this) {
          left.remove(own);
        }
      };
    }

    @Override
    public Timer every(Duration period, Runnable task) {
      throw new AssertionError("nothing here is done again and again");
    }

    synchronized int pending() {
      return left.size();
    }

    void advance(Duration by) {
      List<Runnable> due;
      synchronized (this) {
        left.replaceAll((_, rest) -> rest.minus(by));
        due = left.keySet().stream().filter(t -> !left.get(t).isPositive()).toList();
        due.forEach(left::remove);
      }
      due.forEach(Runnable::run);
    }
  }

  private Map<Target, DeliveryOutcome> deliver(
      MxLookup.Answer answer, Optional<InetSocketAddress> smartHost, int port, List<Target> targets)
      throws Exception {
    return deliver(
        answer,
        smartHost,
        port,
        targets,
        "Subject: x\r\n\r\n.dot\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private Map<Target, DeliveryOutcome> deliver(
      MxLookup.Answer answer,
      Optional<InetSocketAddress> smartHost,
      int port,
      List<Target> targets,
      byte[] message)
      throws Exception {
    return deliver(
        answer,
        smartHost,
        port,
        targets,
        message,
        envelope(Envelope.BodyType.EIGHT_BIT_MIME, false, DsnRequest.NONE));
  }

  private static Envelope envelope(Envelope.BodyType body, boolean smtpUtf8, DsnRequest dsn) {
    return new Envelope(
        ReversePath.of(EmailAddress.parse("me@here.example")),
        List.of(EmailAddress.parse("alice@far.example")),
        new Envelope.Client("127.0.0.1", "x", "ESMTP"),
        body,
        Optional.empty(),
        smtpUtf8,
        dsn);
  }

  private Map<Target, DeliveryOutcome> deliver(
      MxLookup.Answer answer,
      Optional<InetSocketAddress> smartHost,
      int port,
      List<Target> targets,
      byte[] message,
      Envelope envelope)
      throws Exception {
    var body = new MessageBody.InMemory(message);
    var entry =
        new SpoolEntry(
            QueueId.create(Instant.EPOCH, new Random(1)),
            envelope,
            List.of(),
            body.sizeBytes(),
            0,
            Instant.EPOCH,
            false);
    var settings =
        new SmtpDelivery.Settings(
            "here.example",
            smartHost.stream()
                .<NextHop>map(a -> new NextHop.Host(a.getHostString(), a.getPort()))
                .toList(),
            port,
            "self.example"::equals);
    return new SmtpDelivery(settings, (Domain _) -> answer, SSLContext.getDefault(), time)
        .deliver(entry, targets, body);
  }

  private static MxLookup.Answer mx(ScriptedHost host) {
    return new MxLookup.Answer.Hosts(
        List.of(new MxLookup.Exchanger("far.example", 10, List.of(host.address().getAddress()))));
  }

  private Map<Target, DeliveryOutcome> deliver(Map<String, String> exceptions, Target... targets)
      throws Exception {
    var host = host(taking(exceptions));
    return deliver(mx(host), Optional.empty(), host.address().getPort(), List.of(targets));
  }

  @Test
  void aHostThatStopsReadingDoesNotHoldTheMailForEver() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var done =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  var self = List.of(InetAddress.getLoopbackAddress());
                  return deliver(
                      new MxLookup.Answer.Hosts(
                          List.of(new MxLookup.Exchanger("far.example", 10, self))),
                      Optional.empty(),
                      server.getLocalPort(),
                      List.of(ALICE),
                      new byte[50 << 20]);
                } catch (Exception e) {
                  throw new CompletionException(e);
                }
              },
              task -> Thread.ofVirtual().start(task));
      try (var peer = server.accept()) {
        // All it will ever say, and it reads nothing.
        var said = "220 far\r\n250 far\r\n250 ok\r\n250 ok\r\n354 go on\r\n";
        peer.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
        await()
            .pollInterval(Duration.ofMillis(10))
            .until(
                () -> {
                  time.advance(Duration.ofMinutes(1));
                  return done.isDone();
                });
        assertThat(done.join().get(ALICE)).isInstanceOf(DeliveryOutcome.Deferred.class);
        assertThat(time.pending()).isZero();
      }
    }
  }

  @Test
  void deliversWithTheOriginalEnvelopeAndStuffedDots() throws Exception {
    var host = host(taking(Map.of()));
    var outcomes =
        deliver(mx(host), Optional.empty(), host.address().getPort(), List.of(ALICE, BOB));
    assertThat(outcomes.values()).allMatch(DeliveryOutcome.Delivered.class::isInstance);
    assertThat(host.commands)
        .startsWith(
            "EHLO here.example",
            "MAIL FROM:<me@here.example> SIZE=20 BODY=8BITMIME",
            "RCPT TO:<alice@far.example>",
            "RCPT TO:<bob@far.example>",
            "DATA");
    assertThat(host.messages).containsExactly("Subject: x\n\n..dot\n");
  }

  @Test
  void whoOffersTlsAndHasNoneNowGetsTheMailInClear() throws Exception {
    // As Exim does whose certificate cannot be read.
    var host =
        host(
            taking(
                Map.of(
                    "EHLO", "250-far.example\n250 STARTTLS",
                    "STARTTLS", "454 TLS currently unavailable")));
    var outcomes = deliver(mx(host), Optional.empty(), host.address().getPort(), List.of(ALICE));
    assertThat(outcomes.get(ALICE)).isInstanceOf(DeliveryOutcome.Delivered.class);
    assertThat(host.commands.stream().filter("STARTTLS"::equals)).hasSize(1);
    assertThat(host.messages).hasSize(1);
  }

  private static final String ALL_EXTENSIONS =
      "250-far.example\n250-8BITMIME\n250-DSN\n250-SMTPUTF8\n250 CHUNKING";

  private Map<Target, DeliveryOutcome> deliver(
      ScriptedHost host, Envelope envelope, String message, Target... targets) throws Exception {
    return deliver(
        mx(host),
        Optional.empty(),
        host.address().getPort(),
        List.of(targets),
        message.getBytes(StandardCharsets.UTF_8),
        envelope);
  }

  @Test
  void whatTheSenderWantsToHearGoesOnToAHostThatReports() throws Exception {
    var wishes =
        Map.of(
            ALICE.original(),
            new DsnRequest.OfRecipient(
                Optional.of(new DsnRequest.Notify(true, false, true)),
                Optional.of("rfc822;list@first.example")),
            BOB.original(),
            new DsnRequest.OfRecipient(Optional.of(DsnRequest.Notify.NEVER), Optional.empty()));
    var dsn = new DsnRequest(DsnRequest.Returned.HEADERS, Optional.of("QQ+2B1"), wishes);
    var carl =
        new Target.Remote(
            EmailAddress.parse("c@far.example"), EmailAddress.parse("a+b@here.example"));
    var envelope = envelope(Envelope.BodyType.SEVEN_BIT, false, dsn);

    var host = host(taking(Map.of("EHLO", ALL_EXTENSIONS)));
    assertThat(deliver(host, envelope, "x\r\n", ALICE, BOB, carl).values())
        .allSatisfy(
            outcome ->
                assertThat(((DeliveryOutcome.Delivered) outcome).reach())
                    .isEqualTo(DeliveryOutcome.Reach.REPORTING_HOST));
    assertThat(host.commands)
        .contains(
            "MAIL FROM:<me@here.example> RET=HDRS ENVID=QQ+2B1",
            "RCPT TO:<alice@far.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;list@first.example",
            "RCPT TO:<bob@far.example> NOTIFY=NEVER ORCPT=rfc822;bob@far.example",
            "RCPT TO:<c@far.example> ORCPT=rfc822;a+2Bb@here.example");

    var plain = host(taking(Map.of()));
    assertThat(
            ((DeliveryOutcome.Delivered) deliver(plain, envelope, "x\r\n", ALICE).get(ALICE))
                .reach())
        .isEqualTo(DeliveryOutcome.Reach.OTHER_HOST);
    assertThat(plain.commands).contains("RCPT TO:<alice@far.example>");
  }

  @Test
  void aMailThatNeedsUtf8GoesOnlyToAHostThatTakesIt() throws Exception {
    var envelope = envelope(Envelope.BodyType.EIGHT_BIT_MIME, true, DsnRequest.NONE);
    var able = host(taking(Map.of("EHLO", ALL_EXTENSIONS)));
    var unable = host(taking(Map.of()));
    String international = "Subject: gr\u00fc\u00dfe\r\n\r\ntext\r\n";
    assertThat(deliver(able, envelope, international, ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Delivered.class);
    assertThat(able.commands).contains("MAIL FROM:<me@here.example> BODY=8BITMIME SMTPUTF8");
    assertThat(deliver(unable, envelope, international, ALICE).get(ALICE))
        .isInstanceOfSatisfying(
            DeliveryOutcome.Failed.class,
            failed -> assertThat(failed.status()).hasToString("5.6.7"));
    assertThat(unable.commands).noneMatch(line -> line.startsWith("MAIL"));

    // Only the body is 8-bit: any host can have it.
    var second = host(taking(Map.of()));
    assertThat(deliver(second, envelope, "Subject: x\r\n\r\n\u00fc\r\n", ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Delivered.class);
    assertThat(second.commands).contains("MAIL FROM:<me@here.example> SIZE=18 BODY=8BITMIME");
    var zoe = remote("zo\u00eb@far.example");
    assertThat(deliver(host(taking(Map.of())), envelope, "x\r\n", zoe).get(zoe))
        .isInstanceOf(DeliveryOutcome.Failed.class);
  }

  @Test
  void aHostThatIsContentBeforeItHasTheMailHasNotGotIt() throws Exception {
    assertThat(deliver(Map.of("DATA", "250 2.0.0 ok"), ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
    assertThat(deliver(Map.of("(message)", "354 go on"), ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  @Test
  void eachRecipientHasItsOwnOutcome() throws Exception {
    var outcomes =
        deliver(
            Map.of("RCPT TO:<alice", "550 5.1.1 no alice", "RCPT TO:<bob", "451 4.2.1 later"),
            ALICE,
            BOB);
    assertThat(outcomes.get(ALICE))
        .isInstanceOfSatisfying(
            DeliveryOutcome.Failed.class,
            f -> assertThat(f.status()).isEqualTo(new EnhancedStatus(5, 1, 1)));
    assertThat(outcomes.get(BOB))
        .isInstanceOfSatisfying(
            DeliveryOutcome.Deferred.class,
            d -> assertThat(d.status()).isEqualTo(new EnhancedStatus(4, 2, 1)));
  }

  @Test
  void whatIsNotAnsweredIsNotDelivered() throws Exception {
    for (String at : List.of("(greeting)", "EHLO", "MAIL", "RCPT", "DATA", "(message)")) {
      assertThat(deliver(Map.of(at, "(close)", "HELO", "(close)"), ALICE).get(ALICE))
          .as("closed at %s", at)
          .isInstanceOf(DeliveryOutcome.Deferred.class);
    }
  }

  @Test
  void aMessageMayBeRefusedAtItsEnd() throws Exception {
    assertThat(deliver(Map.of("(message)", "554 5.7.1 spam"), ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Failed.class);
    assertThat(deliver(Map.of("(message)", "452 4.3.1 full"), ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  @Test
  void aGreetingOf5yzIsNoVerdictOnTheMail() throws Exception {
    assertThat(deliver(Map.of("(greeting)", "554 go away"), ALICE).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  @Test
  void theDnsDecides() throws Exception {
    assertThat(
            deliver(new MxLookup.Answer.NullMx(), Optional.empty(), 1, List.of(ALICE)).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Failed.class);
    assertThat(
            deliver(new MxLookup.Answer.NoSuchDomain(), Optional.empty(), 1, List.of(ALICE))
                .get(ALICE))
        .isInstanceOf(DeliveryOutcome.Failed.class);
    assertThat(
            deliver(new MxLookup.Answer.Unknown("x"), Optional.empty(), 1, List.of(ALICE))
                .get(ALICE))
        .isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  @Test
  void neverToAnExchangerThatIsNoBetterThanOurselves() throws Exception {
    var host = host(taking(Map.of()));
    var loopback = List.of(InetAddress.getLoopbackAddress());
    var worse =
        new MxLookup.Answer.Hosts(
            List.of(
                new MxLookup.Exchanger("self.example", 10, List.of()),
                new MxLookup.Exchanger("b.example", 20, loopback)));
    assertThat(
            deliver(worse, Optional.empty(), host.address().getPort(), List.of(ALICE)).get(ALICE))
        .isInstanceOfSatisfying(
            DeliveryOutcome.Failed.class,
            f -> assertThat(f.status()).isEqualTo(new EnhancedStatus(5, 4, 6)));
    var better =
        new MxLookup.Answer.Hosts(
            List.of(
                new MxLookup.Exchanger("b.example", 5, loopback),
                new MxLookup.Exchanger("self.example", 10, List.of())));
    assertThat(
            deliver(better, Optional.empty(), host.address().getPort(), List.of(ALICE)).get(ALICE))
        .isInstanceOf(DeliveryOutcome.Delivered.class);
  }

  @Test
  void aSmartHostTakesEverything() throws Exception {
    var smart = host(taking(Map.of()));
    assertThat(
            deliver(
                    new MxLookup.Answer.NoSuchDomain(),
                    Optional.of(smart.address()),
                    1,
                    List.of(ALICE))
                .get(ALICE))
        .isInstanceOf(DeliveryOutcome.Delivered.class);
  }

  /** As the configuration gives it: a name, not yet looked up. */
  @Test
  void aSmartHostIsLookedUpWhenItIsNeeded() throws Exception {
    var smart = host(taking(Map.of()));
    var byName = InetSocketAddress.createUnresolved("localhost", smart.address().getPort());
    assertThat(toSmartHost(byName)).isInstanceOf(DeliveryOutcome.Delivered.class);
    var unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 25);
    assertThat(toSmartHost(unknown)).isInstanceOf(DeliveryOutcome.Deferred.class);
  }

  private DeliveryOutcome toSmartHost(InetSocketAddress address) throws Exception {
    return deliver(new MxLookup.Answer.NoSuchDomain(), Optional.of(address), 1, List.of(ALICE))
        .get(ALICE);
  }
}
