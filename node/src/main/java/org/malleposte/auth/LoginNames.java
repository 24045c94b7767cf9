package org.malleposte.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;

/** Which accounts a client may mean by what it wrote as its login. */
final class LoginNames {
  private LoginNames() {}

  /** The name as written comes first: a passwd-file may have {@code alice@example.org} in it. */
  static List<AccountName> candidates(String login, Predicate<Domain> isLocal) {
    var names = new ArrayList<AccountName>(2);
    add(names, login);
    int at = login.lastIndexOf('@');
    if (at > 0) {
      try {
        if (isLocal.test(Domain.of(login.substring(at + 1)))) {
          add(names, login.substring(0, at));
        }
      } catch (IllegalArgumentException e) {
        return names; // no domain: only the whole can be a name
      }
    }
    return names;
  }

  /** A name that is none, in a form to count its failures by. */
  static String cut(String login) {
    String name = login.toLowerCase(Locale.ROOT);
    return name.substring(0, Math.min(name.length(), AccountName.MAX_CHARACTERS));
  }

  private static void add(List<AccountName> names, String written) {
    if (written.length() > AccountName.MAX_CHARACTERS) {
      return;
    }
    try {
      names.add(AccountName.of(written));
    } catch (IllegalArgumentException e) {
      // No account can have this name; the login fails as for any unknown one.
    }
  }
}
