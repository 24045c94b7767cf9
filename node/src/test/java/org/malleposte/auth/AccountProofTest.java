package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.malleposte.account.PasswdFile;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.config.UsernameFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;

/** What holds of every mechanism alike: no way around the throttle, no word on who exists. */
class AccountProofTest {
  private static final String PEER = "192.0.2.1";
  private static final LoginOutcome DENIED = new LoginOutcome.Denied();
  private static final LoginOutcome ALICE = new LoginOutcome.Granted(new AccountName("alice"));

  private final ManualTime time = new ManualTime();
  private final BlockingLane lane = new BlockingLane("test-auth", 1, 10);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PasswordSchemes schemes = new PasswordSchemes(new Random(1));
  private final PasswdFile users =
      PasswdFile.parse(
          "users",
          ("alice:{PLAIN}secret\nbob:"
                  + schemes.hash("secret").text()
                  + "\ncarol:{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=\n"
                  + "dave:\nerin:{PLAIN}x::::::nologin\n")
              .getBytes(StandardCharsets.UTF_8));
  private final Authenticator authenticator = authenticator(new Random(2), Optional.empty());

  private Authenticator authenticator(Random random, Optional<TokenVerifier> tokens) {
    return new AccountAuthenticator(
        new AccountFinder(
            List.of(CredentialSource.of(() -> users)),
            UsernameFormat.DEFAULT,
            domain -> domain.name().equals("example.org")),
        new LoginHelpers(
            () -> new byte[32], Optional.empty(), tokens, Optional.empty(), new LoginNews.None()),
        schemes,
        lane,
        time,
        time,
        random,
        new AuthMetrics(registry));
  }

  @AfterEach
  void stop() {
    lane.close();
  }

  private LoginAnswer.Salted salt(String login) {
    return (LoginAnswer.Salted)
        authenticator.ask(new LoginQuestion.Salt(login, ScramHash.SHA_256), PEER).join();
  }

  private LoginOutcome ask(LoginQuestion question) {
    return await(authenticator.ask(question, PEER));
  }

  private LoginOutcome await(CompletableFuture<LoginAnswer> answer) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              time.advance(time.pending() == 0 ? Duration.ZERO : Duration.ofMillis(50));
              return answer.isDone();
            });
    return ((LoginAnswer.Ended) answer.join()).outcome();
  }

  private static LoginQuestion proof(String login, boolean right) {
    return new LoginQuestion.Proof(login, _ -> right ? Optional.of(new byte[0]) : Optional.empty());
  }

  @Test
  void everyNameHasItsSalt() {
    for (String login : List.of("alice", "bob", "carol", "nobody")) {
      var salt = salt(login);
      assertThat(salt.salt()).as(login).hasSize(16).isEqualTo(salt(login).salt());
      assertThat(salt.iterations()).as(login).isEqualTo(PasswordSchemes.ITERATIONS);
      for (String same : List.of(login + "@example.org", login.toUpperCase())) {
        assertThat(salt(same).salt()).as(same).isEqualTo(salt.salt());
      }
    }
    assertThat(salt("nobody").salt()).isNotEqualTo(salt("nobody2").salt());
    assertThat(salt("nobody").salt()).isNotEqualTo(salt("alice").salt());
  }

  @Test
  void theSaltIsTheSameOnAnotherNode() {
    var other = authenticator(new Random(77), Optional.empty());
    var salt =
        (LoginAnswer.Salted)
            other.ask(new LoginQuestion.Salt("nobody", ScramHash.SHA_256), PEER).join();
    assertThat(salt.salt()).isEqualTo(salt("nobody").salt());
  }

  @Test
  void proofsAreSlowedAsPasswordsAre() {
    for (int i = 0; i < 12; i++) {
      assertThat(ask(proof("alice", false))).isEqualTo(DENIED);
    }
    var waiting = authenticator.ask(proof("bob", true), PEER);
    time.advance(AccountAuthenticator.PROOF_FLOOR);
    assertThat(waiting).isNotDone();
    authenticator.ask(proof("bob", true), PEER);
    assertThat(((LoginAnswer.Ended) authenticator.ask(proof("bob", true), PEER).join()).outcome())
        .isInstanceOf(LoginOutcome.Unavailable.class);
    assertThat(registry.get("malleposte.auth.logins").tag("answer", "denied").counter().count())
        .isEqualTo(12);
  }

  @Test
  void proofsInParallelQueue() {
    var checks = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      ask(proof("alice", false));
    }
    for (int i = 0; i < 5; i++) {
      authenticator.ask(
          new LoginQuestion.Proof(
              "alice",
              _ -> {
                checks.incrementAndGet();
                return Optional.empty();
              }),
          PEER);
    }
    time.advance(LoginThrottle.FIRST_DELAY.multipliedBy(4));
    lane.run(() -> {}).join();
    assertThat(checks.get()).isBetween(1, 2);
  }

  @Test
  void aWrongProofIsNotAnsweredSoonerForWhoeverIsThere() {
    for (String login : List.of("alice", "bob", "carol", "nobody")) {
      var answer = authenticator.ask(proof(login, false), "198.51.100." + login.length());
      lane.run(() -> {}).join();
      time.advance(AccountAuthenticator.PROOF_FLOOR.minusMillis(1));
      assertThat(answer).as(login).isNotDone();
      time.advance(Duration.ofMillis(1));
      assertThat(answer).as(login).isDone();
    }
  }

  @Test
  void aRightProofIsAnsweredAtOnce() {
    assertThat(((LoginAnswer.Ended) authenticator.ask(proof("alice", true), PEER).join()).outcome())
        .isEqualTo(ALICE);
  }

  @Test
  void aHolderIsOneOfItsNames() {
    assertThat(ask(holder(List.of("nobody", "alice", "bob"), ""))).isEqualTo(ALICE);
    assertThat(ask(holder(List.of("bob", "alice@example.org"), "alice"))).isEqualTo(ALICE);
    assertThat(ask(holder(List.of("bob"), "alice"))).isEqualTo(DENIED);
    assertThat(ask(holder(List.of("nobody"), "nobody"))).isEqualTo(DENIED);
    assertThat(ask(holder(List.of(), ""))).isEqualTo(DENIED);
    assertThat(ask(holder(List.of("dave"), "")))
        .as("a user without a password")
        .isEqualTo(new LoginOutcome.Granted(new AccountName("dave")));
    assertThat(ask(holder(List.of("erin"), ""))).as("nologin").isEqualTo(DENIED);
  }

  private static LoginQuestion holder(List<String> logins, String actAs) {
    return new LoginQuestion.Holder(
        logins, actAs.isEmpty() ? Optional.empty() : Optional.of(actAs));
  }

  @Test
  void tokensAreCheckedBySomebodyElse() {
    assertThat(ask(new LoginQuestion.Token("good", Optional.empty()))).isEqualTo(DENIED);
    var withTokens =
        authenticator(
            new Random(3),
            Optional.of(
                token ->
                    switch (token) {
                      case "good" -> new TokenVerifier.Verdict.Good("alice@example.org");
                      case "later" -> new TokenVerifier.Verdict.Unavailable("no keys");
                      default -> new TokenVerifier.Verdict.Bad("no token");
                    }));
    assertThat(token(withTokens, "good", Optional.empty())).isEqualTo(ALICE);
    assertThat(token(withTokens, "good", Optional.of("alice"))).isEqualTo(ALICE);
    assertThat(token(withTokens, "good", Optional.of("bob"))).isEqualTo(DENIED);
    assertThat(token(withTokens, "bad", Optional.empty())).isEqualTo(DENIED);
    assertThat(token(withTokens, "later", Optional.empty()))
        .isEqualTo(new LoginOutcome.Unavailable("no keys"));
  }

  private LoginOutcome token(Authenticator asked, String token, Optional<String> actAs) {
    return await(asked.ask(new LoginQuestion.Token(token, actAs), PEER));
  }
}
