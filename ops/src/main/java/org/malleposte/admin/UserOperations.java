package org.malleposte.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;

/** The accounts. Thread-safe; never blocks: hashing runs elsewhere. */
public interface UserOperations {
  /** A longer password is refused, not cut. */
  int MAX_PASSWORD_CHARACTERS = 1024;

  /** Where an account is kept. */
  enum Source {
    /** In the replicated directory: valid on all nodes. */
    DIRECTORY,
    /** In this node's {@code mail.accounts} file: changed with an editor. */
    FILE
  }

  record User(AccountName name, Source source) {}

  /** In the order of their names. */
  CompletableFuture<List<User>> list();

  /** Done with a sentence that says where it went. */
  CompletableFuture<AdminAnswer<String>> add(AccountName name, String password);

  CompletableFuture<AdminAnswer<String>> setPassword(AccountName name, String password);

  /** The login goes, its mail stays. */
  CompletableFuture<AdminAnswer<String>> delete(AccountName name);

  /** Brings mail back that was expunged within that time; done with a sentence that counts it. */
  CompletableFuture<AdminAnswer<String>> undelete(AccountName name, Duration within);
}
