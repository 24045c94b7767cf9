package org.malleposte.account;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.shard.DirectoryMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts in the replicated directory. All are kept in memory, and a watch keeps them fresh,
 * so {@link #find} never touches the disk; writes go through the directory.
 *
 * <p>Thread-safe. Nothing here blocks; disk reads run on the lane.
 */
public final class AccountDirectory implements AutoCloseable {
  /** Keys are this and the name. */
  public static final String PREFIX = "account/";

  private static final Logger LOG = LoggerFactory.getLogger(AccountDirectory.class);

  private final Directory directory;
  private final InstantSource clock;
  private final NavigableMap<AccountName, Account> accounts = new ConcurrentSkipListMap<>();
  private final List<Consumer<AccountName>> listeners = new CopyOnWriteArrayList<>();
  private final DirectoryMirror mirror;
  private volatile boolean loaded;

  /** Begins to load at once, on the lane. */
  public AccountDirectory(
      Directory directory, BlockingLane lane, Timers timers, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
    this.mirror =
        new DirectoryMirror(
            directory,
            PREFIX,
            lane,
            timers,
            new DirectoryMirror.Listener() {
              @Override
              public void replaced(Map<String, Directory.Entry> all) {
                AccountDirectory.this.replaced(all);
              }

              @Override
              public void changed(String key, Optional<Directory.Entry> entry) {
                AccountDirectory.this.changed(key, entry);
              }
            });
  }

  /** Whether the accounts have been read once; until then an unknown name may well exist. */
  public boolean isLoaded() {
    return loaded;
  }

  /** From memory. */
  public Optional<Account> find(AccountName name) {
    return Optional.ofNullable(accounts.get(name));
  }

  /** From memory, in the order of the names. */
  public Collection<Account> list() {
    return List.copyOf(accounts.values());
  }

  /** REFUSED with CONFLICT when the name is taken. */
  public CompletableFuture<StoreAnswer<Account>> add(AccountName name, Credential credential) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var account = new Account(name, credential, now, now);
    return directory
        .put(key(name), AccountCodec.encode(AccountCodec.Stored.fresh(account)), OptionalLong.of(0))
        .thenApply(answer -> answer.map(version -> account));
  }

  /**
   * Replaces the credential. Refused with NO_SUCH_ACCOUNT when there is no such account, with
   * CONFLICT when someone else changed it in the same moment.
   */
  public CompletableFuture<StoreAnswer<Account>> passwd(AccountName name, Credential credential) {
    return ifPresent(name, entry -> replace(name, credential, entry));
  }

  /**
   * Replaces the credential only if it still is {@code expected}. Refused with CONFLICT when it is
   * not, with NO_SUCH_ACCOUNT when there is no such account.
   */
  public CompletableFuture<StoreAnswer<Account>> upgrade(
      AccountName name, Credential expected, Credential replacement) {
    return ifPresent(
        name,
        entry ->
            AccountCodec.decode(name, entry.value()).account().credential().equals(expected)
                ? replace(name, replacement, entry)
                : refused(Refusal.CONFLICT));
  }

  /** Removes the login; its mail stays. Refused with NO_SUCH_ACCOUNT when there is none. */
  public CompletableFuture<StoreAnswer<Void>> delete(AccountName name) {
    return ifPresent(name, entry -> directory.delete(key(name)));
  }

  /**
   * Calls {@code listener} with each name after its account has come, changed or gone in memory; it
   * must not block.
   */
  public AutoCloseable watch(Consumer<AccountName> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void close() {
    mirror.close();
  }

  private <T> CompletableFuture<StoreAnswer<T>> ifPresent(
      AccountName name, Function<Directory.Entry, CompletableFuture<StoreAnswer<T>>> change) {
    return directory
        .getCurrent(key(name))
        .thenCompose(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Optional<Directory.Entry>>(var entry) ->
                      entry.map(change).orElseGet(() -> refused(Refusal.NO_SUCH_ACCOUNT));
                  case StoreAnswer.Refused<Optional<Directory.Entry>>(var why) -> refused(why);
                  case StoreAnswer.Unavailable<Optional<Directory.Entry>>(var detail) ->
                      CompletableFuture.completedFuture(StoreAnswer.unavailable(detail));
                });
  }

  private CompletableFuture<StoreAnswer<Account>> replace(
      AccountName name, Credential credential, Directory.Entry entry) {
    var stored = AccountCodec.decode(name, entry.value());
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var account = stored.account().withCredential(credential, now);
    var bytes =
        AccountCodec.encode(new AccountCodec.Stored(account, stored.minor(), stored.rest()));
    return directory
        .put(key(name), bytes, OptionalLong.of(entry.version()))
        .thenApply(answer -> answer.map(version -> account));
  }

  private static <T> CompletableFuture<StoreAnswer<T>> refused(Refusal why) {
    return CompletableFuture.completedFuture(StoreAnswer.refused(why));
  }

  private static String key(AccountName name) {
    return PREFIX + name.value();
  }

  private static AccountName name(String key) {
    return new AccountName(key.substring(PREFIX.length()));
  }

  private void changed(String key, Optional<Directory.Entry> entry) {
    var name = name(key);
    entry
        .flatMap(e -> decode(name, e))
        .ifPresentOrElse(account -> accounts.put(name, account), () -> accounts.remove(name));
    announce(Set.of(name));
  }

  private void replaced(Map<String, Directory.Entry> all) {
    Map<AccountName, Account> found = new TreeMap<>();
    all.forEach(
        (key, entry) ->
            decode(name(key), entry).ifPresent(account -> found.put(account.name(), account)));
    var before = new HashMap<>(accounts);
    accounts.keySet().retainAll(found.keySet());
    accounts.putAll(found);
    loaded = true;
    announce(changedNames(before, found));
  }

  private static Set<AccountName> changedNames(
      Map<AccountName, Account> before, Map<AccountName, Account> found) {
    var names = new LinkedHashSet<AccountName>();
    before.keySet().stream().filter(name -> !found.containsKey(name)).forEach(names::add);
    found.forEach(
        (name, account) -> {
          if (!account.equals(before.get(name))) {
            names.add(name);
          }
        });
    return names;
  }

  /** One record that cannot be read must not hide the others. */
  private static Optional<Account> decode(AccountName name, Directory.Entry entry) {
    try {
      return Optional.of(AccountCodec.decode(name, entry.value()).account());
    } catch (IllegalArgumentException e) {
      LOG.error("account {} cannot be read: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private void announce(Set<AccountName> names) {
    names.forEach(name -> listeners.forEach(listener -> listener.accept(name)));
  }
}
