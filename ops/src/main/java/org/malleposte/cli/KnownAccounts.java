package org.malleposte.cli;

import java.nio.file.Files;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.malleposte.account.PasswdFile;
import org.malleposte.config.NodeConfig;
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

  /** The file's, and those of the directory if a node of this configuration runs. */
  static KnownAccounts at(CliContext context, NodeConfig loaded, PasswdFile file) {
    KnownAccounts accounts = of(file);
    if (!Files.isReadable(loaded.node().tokenFile())) {
      return accounts; // It has never run, so it has no directory.
    }
    try {
      return accounts.and(new JsonFields(AdminOptions.clientOf(loaded).get("/users")));
    } catch (CliFailure e) {
      context.err().println("accounts of the directory are not known here: " + e.getMessage());
      return accounts;
    }
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
