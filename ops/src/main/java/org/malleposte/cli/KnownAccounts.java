package org.malleposte.cli;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.malleposte.account.PasswdFile;
import org.malleposte.mail.AccountName;
import org.malleposte.routing.AccountNames;

/**
 * Who exists, as far as a command can know: the accounts file, and what a running node says of the
 * directory.
 */
record KnownAccounts(SortedSet<AccountName> names) implements AccountNames {
  static KnownAccounts of(PasswdFile file) {
    return new KnownAccounts(new TreeSet<>(file.names()));
  }

  /** With those that {@code GET /api/v1/users} lists. */
  KnownAccounts and(JsonFields users) {
    var all = new TreeSet<>(names);
    users.objects("users").forEach(user -> all.add(AccountName.of(user.text("name"))));
    return new KnownAccounts(all);
  }

  @Override
  public boolean contains(AccountName name) {
    return names.contains(name);
  }

  /** As on a node: somebody must get the mail for postmaster (RFC 5321 §4.5.1). */
  @Override
  public Optional<AccountName> postmaster() {
    return names.stream().findFirst();
  }
}
