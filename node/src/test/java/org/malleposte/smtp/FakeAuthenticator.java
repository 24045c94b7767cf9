package org.malleposte.smtp;

import java.util.concurrent.CompletableFuture;
import org.malleposte.auth.PasswordsOnly;
import org.malleposte.mail.AccountName;

/** {@code alice} has the password {@code secret}; {@code busy} cannot be checked. */
final class FakeAuthenticator implements PasswordsOnly {
  @Override
  public CompletableFuture<LoginOutcome> login(String login, String password, String peer) {
    if (login.equals("busy")) {
      return CompletableFuture.completedFuture(new LoginOutcome.Unavailable("on purpose"));
    }
    boolean right = login.equals("alice") && password.equals("secret");
    // On another thread, as hashing is.
    return CompletableFuture.supplyAsync(
        () ->
            right ? new LoginOutcome.Granted(AccountName.of("alice")) : new LoginOutcome.Denied());
  }
}
