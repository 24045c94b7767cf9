package org.malleposte.shard;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxChange;

/**
 * What one entry has changed so far: keys, open mailboxes, and the news for this node's watchers.
 * Belongs to the applying thread.
 */
final class EntryChanges {
  /** News of a change, raised once it is written. */
  sealed interface News {
    record OfMailbox(AccountName account, MailboxChange change) implements News {}

    record OfDirectory(String key) implements News {}
  }

  private final Overlay keys;
  private final long index;
  private final long timeMillis;
  private final ShardWatches watches;
  private final Set<OpenAccount> accounts = new LinkedHashSet<>();
  private final Set<OpenMailbox> mailboxes = new LinkedHashSet<>();
  private final List<News> news = new ArrayList<>();

  EntryChanges(Overlay keys, long index, long timeMillis, ShardWatches watches) {
    this.keys = keys;
    this.index = index;
    this.timeMillis = timeMillis;
    this.watches = watches;
  }

  Overlay keys() {
    return keys;
  }

  long index() {
    return index;
  }

  /** The log's time: never goes back, the same on all nodes. UTC milliseconds. */
  long timeMillis() {
    return timeMillis;
  }

  void changed(OpenAccount account) {
    accounts.add(account);
  }

  void changed(OpenMailbox mailbox) {
    mailboxes.add(mailbox);
  }

  void removed(OpenMailbox mailbox) {
    mailboxes.remove(mailbox);
  }

  /** Whether news of the account would reach anybody: most of them nobody watches. */
  boolean watched(OpenAccount account) {
    return watches.watches(account.name());
  }

  void tell(OpenAccount account, MailboxChange change) {
    news.add(new News.OfMailbox(account.name(), change));
  }

  void tell(String directoryKey) {
    news.add(new News.OfDirectory(directoryKey));
  }

  List<News> news() {
    return news;
  }

  /** Puts what is kept in memory during the entry into the keys. */
  void flush() {
    accounts.forEach(account -> account.flush(keys));
    mailboxes.forEach(mailbox -> mailbox.flush(keys));
  }
}
