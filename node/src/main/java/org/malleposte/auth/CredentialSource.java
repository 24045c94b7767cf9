package org.malleposte.auth;

import java.util.function.Supplier;
import org.malleposte.account.AccountDirectory;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswdFile;
import org.malleposte.mail.AccountName;

/** Where credentials are found. Thread-safe; answers from memory. */
@FunctionalInterface
public interface CredentialSource {
  /** What a source knows of a name. */
  sealed interface Lookup {
    record Found(Credential credential) implements Lookup {}

    record Unknown() implements Lookup {}

    /** The source is not there yet: the name may exist. */
    record Unavailable(String detail) implements Lookup {}
  }

  Lookup find(AccountName name);

  /** The accounts of the replicated directory. */
  static CredentialSource of(AccountDirectory accounts) {
    return name ->
        accounts
            .find(name)
            .<Lookup>map(account -> new Lookup.Found(account.credential()))
            .orElseGet(
                () ->
                    accounts.isLoaded()
                        ? new Lookup.Unknown()
                        : new Lookup.Unavailable("the accounts are not loaded yet"));
  }

  /**
   * The passwd-file that is current at the time of a login.
   *
   * @param current cheap; a reload makes it give another one
   */
  static CredentialSource of(Supplier<PasswdFile> current) {
    return name ->
        current
            .get()
            .credential(name)
            .<Lookup>map(Lookup.Found::new)
            .orElseGet(Lookup.Unknown::new);
  }
}
