package org.malleposte.auth;

import java.util.concurrent.CompletableFuture;
import org.malleposte.auth.LoginGate.Finding;

/** Where passwords are checked that are not kept here. Thread-safe; never blocks. */
public interface PasswordSource {
  /**
   * @param name normalised; may be no name that an account can have
   * @return fails only by a bug
   */
  CompletableFuture<Finding> check(String name, String password);
}
