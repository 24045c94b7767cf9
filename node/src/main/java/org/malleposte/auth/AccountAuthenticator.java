package org.malleposte.auth;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.account.Credential;
import org.malleposte.auth.AccountFinder.Subject;
import org.malleposte.auth.AuthMetrics.Answer;
import org.malleposte.auth.LoginGate.Attempt;
import org.malleposte.auth.LoginGate.Finding;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks logins against the accounts, and for accounts whose password is kept elsewhere against
 * that.
 *
 * <p>Hashing runs on the lane. A password that was right a minute ago is not hashed again, nor is
 * one that was wrong ({@link PasswordMemory}). Failures slow down ({@link LoginGate}); the same
 * wrong password again is no new guess and does not, or a forgotten phone would slow its whole
 * office.
 *
 * <p>Futures complete on the lane, a timer or the caller.
 */
public final class AccountAuthenticator implements Authenticator {
  /** A known wrong password is answered after this: it costs no hashing, which slows a guesser. */
  static final Duration REPEAT_DELAY = Duration.ofSeconds(1);

  /**
   * A wrong proof is answered no sooner: how long the check takes would tell whether the account
   * exists, and how its password is kept.
   */
  static final Duration PROOF_FLOOR = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(AccountAuthenticator.class);

  private final AccountFinder finder;
  private final LoginHelpers helpers;
  private final PasswordSchemes schemes;
  private final BlockingLane lane;
  private final Timers timers;
  private final AuthMetrics metrics;
  private final LoginGate gate;
  private final PasswordMemory memory;
  private final DecoySalts salts;
  // Checked for unknown names, so that they take as long as known ones.
  private final Credential nobody;

  /**
   * @param lane two threads are plenty on a small machine
   * @param random must not be predictable
   */
  public AccountAuthenticator(
      AccountFinder finder,
      LoginHelpers helpers,
      PasswordSchemes schemes,
      BlockingLane lane,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      AuthMetrics metrics) {
    this.finder = finder;
    this.helpers = helpers;
    this.schemes = schemes;
    this.lane = lane;
    this.timers = timers;
    this.metrics = metrics;
    gate = new LoginGate(timers, clock, metrics, helpers.news());
    memory = new PasswordMemory(clock, random);
    salts = new DecoySalts(helpers.decoyKey());
    byte[] unknown = new byte[32];
    random.nextBytes(unknown);
    nobody = schemes.hash(Base64.getEncoder().encodeToString(unknown));
  }

  @Override
  public CompletableFuture<LoginAnswer> ask(LoginQuestion question, String peerAddress) {
    return switch (question) {
      case LoginQuestion.Password password -> password(password, peerAddress);
      case LoginQuestion.Salt salt -> salt(salt);
      case LoginQuestion.Proof proof -> proof(proof, peerAddress);
      case LoginQuestion.Holder holder -> holder(holder, peerAddress);
      case LoginQuestion.Ticket ticket -> ticket(ticket, peerAddress);
      case LoginQuestion.Token token -> token(token, peerAddress);
    };
  }

  private CompletableFuture<LoginAnswer> password(LoginQuestion.Password asked, String peer) {
    String password = asked.password();
    return switch (finder.find(asked.login())) {
      case Subject.Known(var account, var credential) when isElsewhere(credential) ->
          elsewhere(new Attempt(Optional.of(account), account.value(), peer), password);
      case Subject.Known(var account, var credential) ->
          password(new Attempt(Optional.of(account), account.value(), peer), credential, password);
      case Subject.Unknown(var name) when helpers.elsewhere().isPresent() ->
          elsewhere(new Attempt(Optional.empty(), name, peer), password);
      case Subject.Unknown(var name) ->
          password(new Attempt(Optional.empty(), name, peer), nobody, password);
      case Subject.Unavailable(var detail) -> unavailable(detail);
    };
  }

  private boolean isElsewhere(Credential credential) {
    return credential.equals(Credential.ABSENT) && helpers.elsewhere().isPresent();
  }

  private CompletableFuture<LoginAnswer> password(
      Attempt attempt, Credential credential, String password) {
    return remembered(
        attempt,
        credential,
        password,
        () ->
            lane.call(
                () -> {
                  boolean fits =
                      metrics
                          .checks()
                          .recordCallable(
                              () -> schemes.verify(credential, attempt.name(), password));
                  return fits && attempt.account().isPresent()
                      ? right(attempt.account().get(), credential, password)
                      : new Finding.Wrong();
                }));
  }

  private Finding right(AccountName account, Credential credential, String password) {
    helpers.upgrade().ifPresent(upgrade -> upgrade.onRight(account, credential, password));
    return new Finding.Right(account);
  }

  private CompletableFuture<LoginAnswer> elsewhere(Attempt attempt, String password) {
    return remembered(
        attempt,
        Credential.ABSENT,
        password,
        () -> helpers.elsewhere().orElseThrow().check(attempt.name(), password));
  }

  /** Asks the check only for what has not been checked a moment ago. */
  private CompletableFuture<LoginAnswer> remembered(
      Attempt attempt,
      Credential credential,
      String password,
      Supplier<CompletableFuture<Finding>> check) {
    if (!PasswordSchemes.isAcceptable(password)) {
      return gate.refuse(attempt);
    }
    String memo = memory.memo(attempt.name(), credential, password);
    var account = memory.whoWasRight(memo);
    if (account.isPresent()) {
      return gate.answered(Answer.REMEMBERED, new LoginOutcome.Granted(account.get()));
    }
    if (memory.wasWrong(memo)) {
      return gate.later(
          REPEAT_DELAY, () -> gate.answered(Answer.REPEATED, new LoginOutcome.Denied()));
    }
    return gate.pass(attempt, () -> check.get().thenApply(found -> remember(memo, found)));
  }

  private Finding remember(String memo, Finding found) {
    switch (found) {
      case Finding.Right(var account, var _) -> memory.right(memo, account);
      case Finding.Wrong _ -> memory.wrong(memo);
      case Finding.Unavailable _ -> {}
    }
    return found;
  }

  private CompletableFuture<LoginAnswer> salt(LoginQuestion.Salt asked) {
    return switch (finder.find(asked.login())) {
      case Subject.Known known -> CompletableFuture.completedFuture(salts.of(known, asked.hash()));
      case Subject.Unknown(var name) ->
          CompletableFuture.completedFuture(salts.decoy(name, asked.hash()));
      case Subject.Unavailable(var detail) -> unavailable(detail);
    };
  }

  private CompletableFuture<LoginAnswer> proof(LoginQuestion.Proof asked, String peer) {
    return switch (finder.find(asked.login())) {
      case Subject.Known(var account, var credential) ->
          gate.pass(
              new Attempt(Optional.of(account), account.value(), peer),
              () -> notTellingSoon(lane.call(() -> verify(account, credential, asked.proof()))));
      case Subject.Unknown(var name) ->
          gate.pass(
              new Attempt(Optional.empty(), name, peer),
              () -> notTellingSoon(CompletableFuture.completedFuture(new Finding.Wrong())));
      case Subject.Unavailable(var detail) -> unavailable(detail);
    };
  }

  private Finding verify(AccountName account, Credential credential, PasswordProof proof)
      throws Exception {
    return metrics
        .checks()
        .recordCallable(() -> proof.verify(credential))
        .<Finding>map(ours -> new Finding.Right(account, ours))
        .orElseGet(Finding.Wrong::new);
  }

  private CompletableFuture<Finding> notTellingSoon(CompletableFuture<Finding> check) {
    var floor = new CompletableFuture<Void>();
    timers.after(PROOF_FLOOR, () -> floor.complete(null));
    return check.thenCompose(
        found ->
            switch (found) {
              case Finding.Right _, Finding.Unavailable _ ->
                  CompletableFuture.completedFuture(found);
              case Finding.Wrong _ -> floor.thenApply(_ -> found);
            });
  }

  private CompletableFuture<LoginAnswer> holder(LoginQuestion.Holder asked, String peer) {
    var finding = find(asked.logins(), asked.actAs());
    var account =
        finding instanceof Finding.Right(var found, var _)
            ? Optional.of(found)
            : Optional.<AccountName>empty();
    // What it names was proven, so it is no guess at an account: only its address is slowed.
    return gate.pass(
        new Attempt(account, "", peer), () -> CompletableFuture.completedFuture(finding));
  }

  private CompletableFuture<LoginAnswer> ticket(LoginQuestion.Ticket asked, String peer) {
    try {
      return lane.call(() -> asked.conversation().take(asked.token()))
          .handle((step, failure) -> step(step, failure, peer))
          .thenCompose(answer -> answer);
    } catch (RejectedExecutionException e) {
      return unavailable("too many logins at once");
    }
  }

  private CompletableFuture<LoginAnswer> step(
      TicketConversation.Step step, Throwable failure, String peer) {
    if (failure != null) {
      LOG.info("ticket refused: peer={}: {}", peer, failure.getMessage());
      return gate.refuse(new Attempt(Optional.empty(), "", peer));
    }
    return switch (step) {
      case TicketConversation.Step.Challenge(var token) ->
          CompletableFuture.completedFuture(new LoginAnswer.Negotiated(token));
      case TicketConversation.Step.Named(var logins, var actAs) ->
          holder(new LoginQuestion.Holder(logins, actAs), peer);
    };
  }

  private CompletableFuture<LoginAnswer> token(LoginQuestion.Token asked, String peer) {
    var attempt = new Attempt(Optional.empty(), "", peer);
    if (helpers.tokens().isEmpty()) {
      return gate.refuse(attempt);
    }
    var verifier = helpers.tokens().get();
    return gate.pass(
        attempt,
        () ->
            lane.call(
                () ->
                    switch (verifier.verify(asked.token())) {
                      case TokenVerifier.Verdict.Good(var login) ->
                          find(List.of(login), asked.actAs());
                      case TokenVerifier.Verdict.Bad _ -> new Finding.Wrong();
                      case TokenVerifier.Verdict.Unavailable(var detail) ->
                          new Finding.Unavailable(detail);
                    }));
  }

  /** The first account of these logins that may log in, or the one that is asked for. */
  private Finding find(List<String> logins, Optional<String> actAs) {
    var accounts = new LinkedHashSet<AccountName>();
    for (var login : logins) {
      switch (finder.find(login)) {
        case Subject.Known(var account, var credential) -> {
          if (!credential.isLocked()) {
            accounts.add(account);
          }
        }
        case Subject.Unknown _ -> {}
        case Subject.Unavailable(var detail) -> {
          return new Finding.Unavailable(detail);
        }
      }
    }
    if (actAs.isPresent()) {
      var wanted =
          finder.find(actAs.get()) instanceof Subject.Known(var account, var _)
              ? List.of(account)
              : List.<AccountName>of();
      accounts.retainAll(wanted);
    }
    return accounts.isEmpty() ? new Finding.Wrong() : new Finding.Right(accounts.getFirst());
  }

  private CompletableFuture<LoginAnswer> unavailable(String detail) {
    return gate.answered(Answer.UNAVAILABLE, new LoginOutcome.Unavailable(detail));
  }
}
