package org.malleposte.shard;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wants to know of changes on this node. Listeners are called on the applying thread, after the
 * change is written; they must not block. Thread-safe.
 */
final class ShardWatches {
  private static final Logger LOG = LoggerFactory.getLogger(ShardWatches.class);

  private final Map<AccountName, List<Consumer<MailboxChange>>> accounts =
      new ConcurrentHashMap<>();
  private final List<KeyWatch> keys = new CopyOnWriteArrayList<>();

  private record KeyWatch(String prefix, Consumer<String> listener) {}

  AutoCloseable watch(AccountName account, Consumer<MailboxChange> listener) {
    // Not the listener itself: the same one may watch twice, and each watch ends alone.
    Consumer<MailboxChange> watch = change -> listener.accept(change);
    accounts.compute(
        account,
        (name, present) -> {
          var list =
              present == null ? new CopyOnWriteArrayList<Consumer<MailboxChange>>() : present;
          list.add(watch);
          return list;
        });
    return () ->
        accounts.computeIfPresent(
            account,
            (name, list) -> {
              list.remove(watch);
              return list.isEmpty() ? null : list;
            });
  }

  AutoCloseable watch(String prefix, Consumer<String> listener) {
    var watch = new KeyWatch(prefix, key -> listener.accept(key));
    keys.add(watch);
    return () -> keys.remove(watch);
  }

  boolean watches(AccountName account) {
    return accounts.containsKey(account);
  }

  Set<AccountName> watchedAccounts() {
    return Set.copyOf(accounts.keySet());
  }

  void raise(List<EntryChanges.News> news) {
    for (var one : news) {
      switch (one) {
        case EntryChanges.News.OfMailbox(var account, var change) -> raise(account, change);
        case EntryChanges.News.OfDirectory(var key) -> {
          for (var watch : keys) {
            if (key.startsWith(watch.prefix())) {
              call(watch.listener(), key);
            }
          }
        }
      }
    }
  }

  void raise(AccountName account, MailboxChange change) {
    accounts.getOrDefault(account, List.of()).forEach(listener -> call(listener, change));
  }

  /** The whole directory may have changed. */
  void raiseAllKeys() {
    keys.forEach(watch -> call(watch.listener(), watch.prefix()));
  }

  // A listener with a bug must not stop the shard: the entry is applied, the others must hear it.
  private static <T> void call(Consumer<T> listener, T news) {
    try {
      listener.accept(news);
    } catch (RuntimeException e) {
      LOG.error("watch failed", e);
    }
  }
}
