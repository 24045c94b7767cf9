package org.malleposte.routing;

import java.util.Optional;
import org.malleposte.mail.AccountName;

/** Who exists. Thread-safe; never blocks. */
@FunctionalInterface
public interface AccountNames {
  boolean contains(AccountName name);

  /** Who gets the mail for postmaster when neither an alias nor an account says so. */
  default Optional<AccountName> postmaster() {
    return Optional.empty();
  }

  /** Finds the account of a local user, whatever the case of its name. */
  default Optional<AccountName> find(String user) {
    try {
      return Optional.of(AccountName.of(user)).filter(this::contains);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // No account can have such a name.
    }
  }
}
