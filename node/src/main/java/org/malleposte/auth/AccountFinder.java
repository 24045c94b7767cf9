package org.malleposte.auth;

import java.util.List;
import java.util.function.Predicate;
import org.malleposte.account.Credential;
import org.malleposte.config.UsernameFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;

/** Whom a client means by its login. The first source that knows the name decides. Thread-safe. */
public final class AccountFinder {
  /** What is known of a login. */
  sealed interface Subject {
    record Known(AccountName account, Credential credential) implements Subject {}

    /**
     * @param name one for all ways to write the login, so that failures count together
     */
    record Unknown(String name) implements Subject {}

    record Unavailable(String detail) implements Subject {}
  }

  private final List<CredentialSource> sources;
  private final UsernameFormat format;
  private final Predicate<Domain> isLocal;

  /**
   * @param isLocal whether the domain of {@code alice@example.org} is dropped
   */
  public AccountFinder(
      List<CredentialSource> sources, UsernameFormat format, Predicate<Domain> isLocal) {
    this.sources = List.copyOf(sources);
    this.format = format;
    this.isLocal = isLocal;
  }

  Subject find(String login) {
    String formatted = format.apply(login);
    var names = LoginNames.candidates(formatted, isLocal);
    Subject answer =
        new Subject.Unknown(names.isEmpty() ? LoginNames.cut(formatted) : names.getLast().value());
    for (var name : names) {
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
}
