package org.malleposte.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.malleposte.auth.AuthMetrics.Answer;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginThrottle.Admission;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every attempt passes, whatever the mechanism: slowed by what failed before it, counted,
 * logged. Thread-safe; futures complete where the check does, on a timer or on the caller.
 */
final class LoginGate {
  /** Logins that wait for their turn; more are turned away. */
  static final int MAX_DELAYED = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(LoginGate.class);

  /**
   * Who tries.
   *
   * @param account empty: there is none of this name, as far as we know
   * @param name by which failures are counted; empty: the attempt has named nobody
   */
  record Attempt(Optional<AccountName> account, String name, String peer) {
    private Suspect[] suspects() {
      var suspects = new ArrayList<Suspect>(2);
      // Behind loopback is a webmail with all its users; their accounts are still slowed.
      PeerNetwork.of(peer).map(Suspect.Address::new).ifPresent(suspects::add);
      if (!name.isEmpty()) {
        suspects.add(new Suspect.Account(name));
      }
      return suspects.toArray(Suspect[]::new);
    }

    /** For the log: an unknown name may be a password in the wrong field. */
    private String shown() {
      return account.map(AccountName::value).orElse("(unknown)");
    }
  }

  /** What a check has found. */
  sealed interface Finding {
    /**
     * @param proof ours, for the client
     */
    record Right(AccountName account, byte[] proof) implements Finding {
      private static final byte[] NO_PROOF = {};

      Right(AccountName account) {
        this(account, NO_PROOF);
      }
    }

    record Wrong() implements Finding {}

    record Unavailable(String detail) implements Finding {}
  }

  private final LoginThrottle throttle;
  private final Timers timers;
  private final AuthMetrics metrics;
  private final LoginNews news;
  private final AtomicInteger delayed = new AtomicInteger();

  LoginGate(Timers timers, InstantSource clock, AuthMetrics metrics, LoginNews news) {
    this.throttle = new LoginThrottle(clock);
    this.timers = timers;
    this.metrics = metrics;
    this.news = news;
    news.onHeard(this::heard);
  }

  /** It happened on another node, and counts as if here. */
  private void heard(LoginNews.Attempted attempted) {
    var suspects = attempted.suspects().toArray(Suspect[]::new);
    if (attempted.failed()) {
      throttle.failed(suspects);
    } else {
      throttle.succeeded(suspects);
    }
  }

  private void failed(Attempt attempt) {
    throttle.failed(attempt.suspects());
    news.tell(new LoginNews.Attempted(true, List.of(attempt.suspects())));
  }

  private void succeeded(Attempt attempt) {
    // Most logins are held against nobody, and are no news.
    if (throttle.succeeded(attempt.suspects())) {
      news.tell(new LoginNews.Attempted(false, List.of(attempt.suspects())));
    }
  }

  /**
   * Has it checked when its turn comes.
   *
   * @param check may throw RejectedExecutionException when too much is being checked
   */
  CompletableFuture<LoginAnswer> pass(Attempt attempt, Supplier<CompletableFuture<Finding>> check) {
    return switch (throttle.admit(attempt.suspects())) {
      case Admission.After(var delay) -> later(delay, () -> check(attempt, check));
      case Admission.TooMany _ -> tooMany();
    };
  }

  /** Wrong without a check. */
  CompletableFuture<LoginAnswer> refuse(Attempt attempt) {
    failed(attempt);
    return answered(Answer.DENIED, new LoginOutcome.Denied());
  }

  CompletableFuture<LoginAnswer> answered(Answer answer, LoginOutcome outcome) {
    metrics.count(answer);
    return CompletableFuture.completedFuture(new LoginAnswer.Ended(outcome));
  }

  CompletableFuture<LoginAnswer> later(
      Duration delay, Supplier<CompletableFuture<LoginAnswer>> then) {
    if (delay.isZero()) {
      return then.get();
    }
    if (delayed.incrementAndGet() > MAX_DELAYED) {
      delayed.decrementAndGet();
      return tooMany();
    }
    var result = new CompletableFuture<LoginAnswer>();
    timers.after(
        delay,
        () -> {
          delayed.decrementAndGet();
          then.get().thenAccept(result::complete);
        });
    return result;
  }

  private CompletableFuture<LoginAnswer> check(
      Attempt attempt, Supplier<CompletableFuture<Finding>> check) {
    try {
      return check.get().handle((finding, failure) -> conclude(attempt, finding, failure));
    } catch (RejectedExecutionException e) {
      return answered(Answer.UNAVAILABLE, new LoginOutcome.Unavailable("too many logins at once"));
    }
  }

  private LoginAnswer conclude(Attempt attempt, Finding finding, Throwable failure) {
    if (failure != null) {
      LOG.error("a login could not be checked: account={}", attempt.shown(), failure);
      metrics.count(Answer.UNAVAILABLE);
      return new LoginAnswer.Ended(new LoginOutcome.Unavailable("the check failed"));
    }
    return switch (finding) {
      case Finding.Right(var account, var proof) -> {
        succeeded(attempt);
        metrics.count(Answer.GRANTED);
        yield new LoginAnswer.Ended(new LoginOutcome.Granted(account), proof);
      }
      case Finding.Wrong _ -> {
        failed(attempt);
        metrics.count(Answer.DENIED);
        LOG.info("login denied: account={} peer={}", attempt.shown(), attempt.peer());
        yield new LoginAnswer.Ended(new LoginOutcome.Denied());
      }
      case Finding.Unavailable(var detail) -> {
        metrics.count(Answer.UNAVAILABLE);
        yield new LoginAnswer.Ended(new LoginOutcome.Unavailable(detail));
      }
    };
  }

  private CompletableFuture<LoginAnswer> tooMany() {
    return answered(
        Answer.THROTTLED, new LoginOutcome.Unavailable("too many failed logins, try later"));
  }
}
