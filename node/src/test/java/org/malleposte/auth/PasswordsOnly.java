package org.malleposte.auth;

import java.util.concurrent.CompletableFuture;

/** Knows passwords and nothing else. */
@FunctionalInterface
public interface PasswordsOnly extends Authenticator {
  CompletableFuture<LoginOutcome> login(String login, String password, String peerAddress);

  @Override
  default CompletableFuture<LoginAnswer> ask(LoginQuestion question, String peerAddress) {
    return question instanceof LoginQuestion.Password(var login, var password)
        ? login(login, password, peerAddress).thenApply(LoginAnswer.Ended::new)
        : CompletableFuture.completedFuture(new LoginAnswer.Ended(new LoginOutcome.Denied()));
  }
}
