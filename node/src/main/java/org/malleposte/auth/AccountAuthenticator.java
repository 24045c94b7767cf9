package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.malleposte.account.Credential;
import org.malleposte.auth.AuthMetrics.Answer;
import org.malleposte.auth.LoginThrottle.Admission;
import org.malleposte.auth.LoginThrottle.Key;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks logins against the sources in their order; the first that knows the name decides.
 *
 * <p>Hashing runs on the lane. A password that was right a minute ago is not hashed again, nor is
 * one that was wrong: they are remembered as an HMAC under a key that dies with the process, bound
 * to the credential, so a changed password counts at once. Failures slow down ({@link
 * LoginThrottle}); the same wrong password again is no new guess and does not, or a forgotten phone
 * would slow its whole office.
 *
 * <p>Futures complete on the lane, a timer or the caller.
 */
public final class AccountAuthenticator implements Authenticator {
  /** How long a checked password is taken without hashing. */
  static final Duration REMEMBER = Duration.ofMinutes(1);

  /** Checked passwords remembered, right and wrong each; about 150 bytes one. */
  static final int MAX_REMEMBERED = 20_000;

  /** Logins that wait for their turn; more are turned away. */
  static final int MAX_DELAYED = 1000;

  /** A known wrong password is answered after this: it costs no hashing, which slows a guesser. */
  static final Duration REPEAT_DELAY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(AccountAuthenticator.class);

  /** What is known of a login. */
  private sealed interface Subject {
    record Known(AccountName account, Credential credential) implements Subject {}

    record Unknown(String login) implements Subject {}

    record Unavailable(String detail) implements Subject {}
  }

  /** One attempt on its way. */
  private record Attempt(
      Optional<AccountName> account,
      Credential credential,
      String password,
      String peer,
      String memo,
      Key[] keys) {}

  private final List<CredentialSource> sources;
  private final Predicate<Domain> isLocal;
  private final PasswordSchemes schemes;
  private final BlockingLane lane;
  private final Timers timers;
  private final AuthMetrics metrics;
  private final LoginThrottle throttle;
  private final RecentKeys right;
  private final RecentKeys wrong;
  private final SecretKeySpec memoKey;
  // Checked for unknown names, so that they take as long as known ones.
  private final Credential nobody;
  private final AtomicInteger delayed = new AtomicInteger();

  /**
   * @param isLocal whether the domain of {@code alice@example.org} is dropped
   * @param lane two threads are plenty on a small machine
   * @param random must not be predictable: it gives the key of what is remembered
   */
  public AccountAuthenticator(
      List<CredentialSource> sources,
      Predicate<Domain> isLocal,
      PasswordSchemes schemes,
      BlockingLane lane,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      AuthMetrics metrics) {
    this.sources = List.copyOf(sources);
    this.isLocal = isLocal;
    this.schemes = schemes;
    this.lane = lane;
    this.timers = timers;
    this.metrics = metrics;
    this.throttle = new LoginThrottle(clock);
    this.right = new RecentKeys(MAX_REMEMBERED, REMEMBER, clock);
    this.wrong = new RecentKeys(MAX_REMEMBERED, REMEMBER, clock);
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.memoKey = new SecretKeySpec(key, "HmacSHA256");
    this.nobody = schemes.hash(Base64.getEncoder().encodeToString(key));
  }

  @Override
  public CompletableFuture<LoginOutcome> login(String login, String password, String peerAddress) {
    return switch (find(login)) {
      case Subject.Known(var account, var credential) ->
          attempt(
              new Attempt(
                  Optional.of(account),
                  credential,
                  password,
                  peerAddress,
                  memo(account.value(), credential, password),
                  keys(account.value(), peerAddress)));
      case Subject.Unknown(var name) ->
          attempt(
              new Attempt(
                  Optional.empty(),
                  nobody,
                  password,
                  peerAddress,
                  memo(name, nobody, password),
                  keys(name, peerAddress)));
      case Subject.Unavailable(var detail) ->
          answered(Answer.UNAVAILABLE, new LoginOutcome.Unavailable(detail));
    };
  }

  private CompletableFuture<LoginOutcome> attempt(Attempt attempt) {
    if (!PasswordSchemes.isAcceptable(attempt.password())) {
      throttle.failed(attempt.keys());
      return answered(Answer.DENIED, new LoginOutcome.Denied());
    }
    if (attempt.account().isPresent() && right.has(attempt.memo())) {
      return answered(Answer.REMEMBERED, new LoginOutcome.Granted(attempt.account().orElseThrow()));
    }
    if (wrong.has(attempt.memo())) {
      return later(REPEAT_DELAY, () -> answered(Answer.REPEATED, new LoginOutcome.Denied()));
    }
    return switch (throttle.admit(attempt.keys())) {
      case Admission.After(var delay) -> later(delay, () -> check(attempt));
      case Admission.TooMany _ -> tooMany();
    };
  }

  private CompletableFuture<LoginOutcome> check(Attempt attempt) {
    try {
      return lane.call(
              () ->
                  metrics
                      .checks()
                      .recordCallable(
                          () -> schemes.verify(attempt.credential(), attempt.password())))
          .handle((fits, failure) -> conclude(attempt, fits, failure));
    } catch (RejectedExecutionException e) {
      return answered(Answer.UNAVAILABLE, new LoginOutcome.Unavailable("too many logins at once"));
    }
  }

  private LoginOutcome conclude(Attempt attempt, Boolean fits, Throwable failure) {
    if (failure != null) {
      LOG.error("a password could not be checked: account={}", shown(attempt), failure);
      metrics.count(Answer.UNAVAILABLE);
      return new LoginOutcome.Unavailable("the check failed");
    }
    if (fits && attempt.account().isPresent()) {
      right.add(attempt.memo());
      throttle.succeeded(attempt.keys());
      metrics.count(Answer.GRANTED);
      return new LoginOutcome.Granted(attempt.account().orElseThrow());
    }
    wrong.add(attempt.memo());
    throttle.failed(attempt.keys());
    metrics.count(Answer.DENIED);
    LOG.info("login denied: account={} peer={}", shown(attempt), attempt.peer());
    return new LoginOutcome.Denied();
  }

  /** For the log: an unknown name may be a password in the wrong field. */
  private static String shown(Attempt attempt) {
    return attempt.account().map(AccountName::value).orElse("(unknown)");
  }

  private CompletableFuture<LoginOutcome> later(
      Duration delay, Supplier<CompletableFuture<LoginOutcome>> then) {
    if (delay.isZero()) {
      return then.get();
    }
    if (delayed.incrementAndGet() > MAX_DELAYED) {
      delayed.decrementAndGet();
      return tooMany();
    }
    var result = new CompletableFuture<LoginOutcome>();
    timers.after(
        delay,
        () -> {
          delayed.decrementAndGet();
          then.get().thenAccept(result::complete);
        });
    return result;
  }

  private CompletableFuture<LoginOutcome> tooMany() {
    return answered(
        Answer.THROTTLED, new LoginOutcome.Unavailable("too many failed logins, try later"));
  }

  private CompletableFuture<LoginOutcome> answered(Answer answer, LoginOutcome outcome) {
    metrics.count(answer);
    return CompletableFuture.completedFuture(outcome);
  }

  private Subject find(String login) {
    Subject answer = new Subject.Unknown(LoginNames.cut(login));
    for (var name : LoginNames.candidates(login, isLocal)) {
      for (var source : sources) {
        switch (source.find(name)) {
          case CredentialSource.Lookup.Found(var credential) -> {
            return new Subject.Known(name, credential);
          }
          case CredentialSource.Lookup.Unavailable(var detail) ->
              answer = new Subject.Unavailable(detail);
          case CredentialSource.Lookup.Unknown _ -> {}
        }
      }
    }
    return answer;
  }

  private String memo(String name, Credential credential, String password) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(memoKey);
      String text = name + "\0" + credential.text() + "\0" + password;
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static Key[] keys(String name, String peerAddress) {
    var account = new Key.Account(name);
    // Behind loopback is a webmail with all its users; their accounts are still slowed.
    return PeerNetwork.of(peerAddress)
        .map(network -> new Key[] {new Key.Address(network), account})
        .orElseGet(() -> new Key[] {account});
  }
}
