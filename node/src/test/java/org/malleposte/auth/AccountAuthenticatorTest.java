package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.account.PasswdFile;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.config.UsernameFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;
import org.slf4j.LoggerFactory;

class AccountAuthenticatorTest {
  private static final String PEER = "192.0.2.1";
  private static final LoginOutcome DENIED = new LoginOutcome.Denied();
  private static final LoginOutcome ALICE = new LoginOutcome.Granted(new AccountName("alice"));

  private final ManualTime time = new ManualTime();
  private final BlockingLane lane = new BlockingLane("test-auth", 1, 10);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReference<PasswdFile> own = new AtomicReference<>(PasswdFile.EMPTY);
  private final AtomicReference<byte[]> published = new AtomicReference<>(new byte[0]);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoginGate.class);
  private CredentialSource last = _ -> new CredentialSource.Lookup.Unknown();
  private Authenticator authenticator;

  @BeforeEach
  void start() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
    own.set(users("alice:{PLAIN}secret\ncarol@example.org:{PLAIN}c\n"));
    authenticator =
        new AccountAuthenticator(
            new AccountFinder(
                List.of(
                    CredentialSource.of(own::get),
                    CredentialSource.of(new PublishedUsers(published::get)),
                    name -> last.find(name)),
                UsernameFormat.DEFAULT,
                domain -> domain.name().equals("example.org")),
            LoginHelpers.none(() -> new byte[32]),
            new PasswordSchemes(new Random(1)),
            lane,
            time,
            time,
            new Random(2),
            new AuthMetrics(registry));
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setLevel(null);
    lane.close();
  }

  private static PasswdFile users(String text) {
    return PasswdFile.parse("users", text.getBytes(StandardCharsets.UTF_8));
  }

  private LoginOutcome login(String login, String password) {
    return login(login, password, PEER);
  }

  /** Lets time go on until there is an answer; not while the lane is at it, which takes none. */
  private LoginOutcome login(String login, String password, String peer) {
    var answer = ask(login, password, peer);
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              time.advance(time.pending() == 0 ? Duration.ZERO : Duration.ofMillis(100));
              return answer.isDone();
            });
    return answer.join();
  }

  private CompletableFuture<LoginOutcome> ask(String login, String password, String peer) {
    return authenticator
        .ask(new LoginQuestion.Password(login, password), peer)
        .thenApply(answer -> ((LoginAnswer.Ended) answer).outcome());
  }

  private double count(String answer) {
    return registry.get("malleposte.auth.logins").tag("answer", answer).counter().count();
  }

  @Test
  void theDomainIsDroppedWhenItIsLocal() {
    assertThat(login("alice", "secret")).isEqualTo(ALICE);
    assertThat(login("ALICE@Example.ORG", "secret")).isEqualTo(ALICE);
    assertThat(login("alice@elsewhere.example", "secret")).isEqualTo(DENIED);
    assertThat(login("alice@", "secret")).isEqualTo(DENIED);
    assertThat(login("a b:c", "secret")).isEqualTo(DENIED);
    assertThat(login("carol@example.org", "c"))
        .isEqualTo(new LoginOutcome.Granted(new AccountName("carol@example.org")));
    assertThat(login("carol", "c")).isEqualTo(DENIED);
  }

  @Test
  void theFirstSourceThatKnowsTheNameDecides() {
    published.set("alice:{PLAIN}other\nbob:{PLAIN}b\n".getBytes(StandardCharsets.UTF_8));
    assertThat(login("alice", "other")).isEqualTo(DENIED);
    assertThat(login("bob", "b")).isEqualTo(new LoginOutcome.Granted(new AccountName("bob")));
    published.set(new byte[0]);
    assertThat(login("bob", "b")).isEqualTo(DENIED);
  }

  @Test
  void anUnknownNameIsUnavailableWhileASourceIs() {
    last = _ -> new CredentialSource.Lookup.Unavailable("not loaded");
    assertThat(login("bob", "b")).isEqualTo(new LoginOutcome.Unavailable("not loaded"));
    assertThat(login("alice", "secret")).isEqualTo(ALICE);
  }

  @Test
  void aRightPasswordIsHashedOnceAMinute() {
    login("alice", "secret");
    login("alice", "secret");
    assertThat(login("alice@example.org", "secret")).isEqualTo(ALICE);
    assertThat(count("granted")).isEqualTo(1);
    assertThat(count("remembered")).isEqualTo(2);
    time.advance(PasswordMemory.REMEMBER);
    login("alice", "secret");
    assertThat(count("granted")).isEqualTo(2);
  }

  @Test
  void aChangedPasswordCountsAtOnce() {
    login("alice", "secret");
    assertThat(login("alice", "new")).isEqualTo(DENIED);
    own.set(users("alice:{PLAIN}new\n"));
    assertThat(login("alice", "secret")).isEqualTo(DENIED);
    assertThat(login("alice", "new")).isEqualTo(ALICE);
  }

  @Test
  void theSameWrongPasswordIsNoNewGuess() {
    for (int i = 0; i < 20; i++) {
      assertThat(login("alice", "old")).isEqualTo(DENIED);
    }
    assertThat(count("denied")).isEqualTo(1);
    assertThat(count("repeated")).isEqualTo(19);
    var before = time.instant();
    assertThat(login("alice", "secret")).isEqualTo(ALICE);
    assertThat(time.instant()).isEqualTo(before);
  }

  @Test
  void guessesAreSlowedByAddressAndThenTurnedAway() {
    for (int i = 0; i < 12; i++) {
      login("alice", "guess" + i);
    }
    var waiting = ask("bob", "x", PEER);
    assertThat(waiting).isNotDone();
    ask("bob", "y", PEER);
    assertThat(ask("bob", "v", PEER).join()).isInstanceOf(LoginOutcome.Unavailable.class);
    assertThat(count("throttled")).isEqualTo(1);
    time.advance(LoginThrottle.MAX_ADDRESS_DELAY);
    await().until(waiting::isDone);
  }

  @Test
  void anotherAddressIsSlowedOnlyALittle() {
    for (int i = 0; i < 12; i++) {
      login("alice", "guess" + i);
    }
    time.advance(LoginThrottle.MAX_ACCOUNT_DELAY);
    var before = time.instant();
    assertThat(login("alice", "secret", "198.51.100.7")).isEqualTo(ALICE);
    assertThat(Duration.between(before, time.instant()))
        .isLessThanOrEqualTo(LoginThrottle.MAX_ACCOUNT_DELAY);
  }

  @Test
  void aWebmailOnLoopbackIsNotSlowedForOthers() {
    for (int i = 0; i < 12; i++) {
      login("bob", "guess" + i, "127.0.0.1");
    }
    var before = time.instant();
    assertThat(login("alice", "secret", "127.0.0.1")).isEqualTo(ALICE);
    assertThat(time.instant()).isEqualTo(before);
  }

  @Test
  void aHostCannotHideInItsOwnNetwork() {
    assertThat(PeerNetwork.of("2001:db8::1")).isEqualTo(PeerNetwork.of("2001:db8:0:0:ffff::2"));
    assertThat(PeerNetwork.of("2001:db8::1")).isNotEqualTo(PeerNetwork.of("2001:db8:0:1::1"));
    assertThat(PeerNetwork.of("::1")).isEmpty();
  }

  @Test
  void aFullLaneMakesLoginsWait() {
    var gate = new CountDownLatch(1);
    var blocked = new CompletableFuture<Void>();
    lane.run(
        () -> {
          blocked.complete(null);
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    blocked.join();
    for (int i = 0; i < 10; i++) {
      lane.run(() -> {});
    }
    assertThat(ask("alice", "secret", PEER).join()).isInstanceOf(LoginOutcome.Unavailable.class);
    gate.countDown();
  }

  @Test
  void nothingSecretIsLogged() {
    login("alice", "topsecret");
    login("typed-my-password-here", "x");
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "login denied: account=alice peer=192.0.2.1",
            "login denied: account=(unknown) peer=192.0.2.1");
  }
}
