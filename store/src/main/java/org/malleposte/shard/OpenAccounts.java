package org.malleposte.shard;

import java.util.LinkedHashMap;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.mail.AccountName;

/**
 * The accounts that entries have lately worked on, so that a command reads no mailbox from disk.
 * Exact: what it holds is what the store holds once the entry is written; when an entry fails, all
 * is forgotten. Belongs to the applying thread.
 */
final class OpenAccounts {
  /** Mailboxes in memory, about 300 bytes each, and at least one account. */
  static final int MAX_MAILBOXES = 20_000;

  private final UnusedAccount unused;
  private final LinkedHashMap<AccountName, OpenAccount> accounts =
      new LinkedHashMap<>(16, 0.75f, true);

  OpenAccounts(UnusedAccount unused) {
    this.unused = unused;
  }

  OpenAccount get(KeyValueStore store, AccountName name) {
    return accounts.computeIfAbsent(name, n -> OpenAccount.load(store, unused, n));
  }

  /** Only between entries: an account with changes that are not written must stay. */
  void trim() {
    int mailboxes = accounts.values().stream().mapToInt(OpenAccount::size).sum();
    var eldest = accounts.values().iterator();
    while (mailboxes > MAX_MAILBOXES && accounts.size() > 1) {
      mailboxes -= eldest.next().size();
      eldest.remove();
    }
  }

  void forget() {
    accounts.clear();
  }
}
