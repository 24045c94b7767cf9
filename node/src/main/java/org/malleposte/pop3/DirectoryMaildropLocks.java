package org.malleposte.pop3;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.malleposte.shard.DirectoryMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks that hold in the whole cluster, as leases in the directory.
 *
 * <p>A lease is written when a session opens, written again every {@link #RENEW}, and ended when
 * the session ends. Every node mirrors all leases in memory, so to see one needs no majority. A
 * lease is free when it says so, when its node is not alive or is this one (which knows its own),
 * or when this node has seen no new version of it for {@link #LEASE}: by its own clock, so clocks
 * need not agree, and neither a crash nor a failover leaves a maildrop locked.
 *
 * <p>Without a majority the lock holds on this node only. That is harmless: two sessions that both
 * delete a message delete it once, and without a majority neither can.
 */
public final class DirectoryMaildropLocks implements MaildropLocks, AutoCloseable {
  public static final Duration LEASE = Duration.ofSeconds(60);
  public static final Duration RENEW = Duration.ofSeconds(20);

  /** A login does not wait longer for the directory. */
  static final Duration CLAIM_WAIT = Duration.ofSeconds(2);

  /** Nor a QUIT. */
  static final Duration RELEASE_WAIT = Duration.ofSeconds(1);

  /** Claims that another node's write may come between. */
  private static final int MAX_ATTEMPTS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryMaildropLocks.class);

  /** A lease as mirrored here. */
  private record Seen(MaildropLease lease, long version, Instant since) {}

  /** How a claim ended. */
  private sealed interface Claim {
    record Leased(long version) implements Claim {}

    record Taken() implements Claim {}

    record NoMajority() implements Claim {}
  }

  /** One lock of this node. Its writes are a chain: none overtakes another. */
  private final class Holding implements MaildropLock {
    private final AccountName account;
    private CompletableFuture<Claim> last; // guarded by this
    private boolean released; // guarded by this

    Holding(AccountName account) {
      this.account = account;
    }

    synchronized CompletableFuture<Claim> begin() {
      last = claim(account);
      return last;
    }

    synchronized void renew() {
      if (last.isDone() && !released) {
        last = last.thenCompose(claim -> renewed(account, claim));
      }
    }

    @Override
    public CompletableFuture<Void> release() {
      held.remove(account, this);
      CompletableFuture<Void> freed;
      synchronized (this) {
        released = true;
        freed = last.thenCompose(claim -> freed(account, claim));
      }
      return within(RELEASE_WAIT, freed, null);
    }
  }

  private final Directory directory;
  private final Predicate<NodeName> isAlive;
  private final Timers timers;
  private final InstantSource clock;
  private final MaildropLease.Held ours;
  private final Map<AccountName, Seen> seen = new ConcurrentHashMap<>();
  private final Map<AccountName, Holding> held = new ConcurrentHashMap<>();
  private final DirectoryMirror mirror;
  private final Timers.Timer renewal;

  /**
   * @param isAlive whether a node is a member of the cluster now
   * @param lane for reads of the directory
   */
  public DirectoryMaildropLocks(
      Directory directory,
      NodeName self,
      Predicate<NodeName> isAlive,
      BlockingLane lane,
      Timers timers,
      InstantSource clock) {
    this.directory = directory;
    this.isAlive = isAlive;
    this.timers = timers;
    this.clock = clock;
    this.ours = new MaildropLease.Held(self.value());
    this.mirror =
        new DirectoryMirror(
            directory,
            MaildropLease.PREFIX,
            lane,
            timers,
            new DirectoryMirror.Listener() {
              @Override
              public void replaced(Map<String, Directory.Entry> all) {
                all.forEach((key, entry) -> saw(key, entry));
              }

              @Override
              public void changed(String key, Optional<Directory.Entry> entry) {
                entry.ifPresent(e -> saw(key, e)); // keys are never deleted
              }
            });
    this.renewal = timers.every(RENEW, () -> held.values().forEach(Holding::renew));
  }

  @Override
  public CompletableFuture<Attempt> acquire(AccountName account) {
    var holding = new Holding(account);
    if (held.putIfAbsent(account, holding) != null) {
      return CompletableFuture.completedFuture(new Attempt.InUse());
    }
    // A claim that comes too late is not lost: the chain of the holding goes on from it.
    return within(CLAIM_WAIT, holding.begin(), new Claim.NoMajority())
        .thenApply(
            claim ->
                switch (claim) {
                  case Claim.Leased _, Claim.NoMajority _ -> new Attempt.Held(holding);
                  case Claim.Taken _ -> {
                    held.remove(account, holding);
                    yield new Attempt.InUse();
                  }
                });
  }

  /** Locks that are still held run out by time. */
  @Override
  public void close() {
    renewal.cancel();
    mirror.close();
  }

  private void saw(String key, Directory.Entry entry) {
    var account = new AccountName(key.substring(MaildropLease.PREFIX.length()));
    seen.compute(
        account,
        (_, before) ->
            before != null && before.version() == entry.version()
                ? before
                : new Seen(MaildropLease.decode(entry.value()), entry.version(), clock.instant()));
  }

  private CompletableFuture<Claim> claim(AccountName account) {
    var known = Optional.ofNullable(seen.get(account));
    if (known.isEmpty()) {
      return write(account, 0, MAX_ATTEMPTS);
    }
    boolean expired = !clock.instant().isBefore(known.get().since().plus(LEASE));
    return expired || isFree(known.get().lease())
        ? write(account, known.get().version(), MAX_ATTEMPTS)
        : claimCurrent(account, MAX_ATTEMPTS);
  }

  private boolean isFree(MaildropLease lease) {
    return switch (lease) {
      case MaildropLease.Free _ -> true;
      // This node holds it in memory too, or has let it go.
      case MaildropLease.Held(var node) ->
          node.equals(ours.node()) || !isAlive.test(new NodeName(node));
      case MaildropLease.Unknown _ -> false;
    };
  }

  /** The mirror may be behind: the other node may have let go a moment ago. */
  private CompletableFuture<Claim> claimCurrent(AccountName account, int attempts) {
    if (attempts == 0) {
      return CompletableFuture.completedFuture(new Claim.Taken());
    }
    return answered(
        directory.getCurrent(key(account)),
        answer ->
            switch (answer) {
              case StoreAnswer.Done<Optional<Directory.Entry>>(var entry) -> {
                if (entry.isEmpty()) {
                  yield write(account, 0, attempts);
                }
                yield isFree(MaildropLease.decode(entry.get().value()))
                    ? write(account, entry.get().version(), attempts)
                    : CompletableFuture.completedFuture(new Claim.Taken());
              }
              // What the mirror says is all there is: its node is alive and has it.
              case StoreAnswer.Refused<Optional<Directory.Entry>> _,
                  StoreAnswer.Unavailable<Optional<Directory.Entry>> _ ->
                  CompletableFuture.completedFuture(new Claim.Taken());
            });
  }

  private CompletableFuture<Claim> write(AccountName account, long expected, int attempts) {
    return answered(
        directory.put(key(account), ours.encode(), OptionalLong.of(expected)),
        answer ->
            switch (answer) {
              case StoreAnswer.Done<Long>(var version) ->
                  CompletableFuture.completedFuture(new Claim.Leased(version));
              case StoreAnswer.Refused<Long> _ -> claimCurrent(account, attempts - 1);
              case StoreAnswer.Unavailable<Long> _ ->
                  CompletableFuture.completedFuture(new Claim.NoMajority());
            });
  }

  private CompletableFuture<Claim> renewed(AccountName account, Claim claim) {
    return switch (claim) {
      case Claim.Leased(long version) ->
          answered(
              directory.put(key(account), ours.encode(), OptionalLong.of(version)),
              answer ->
                  CompletableFuture.completedFuture(
                      switch (answer) {
                        case StoreAnswer.Done<Long>(var next) -> new Claim.Leased(next);
                        case StoreAnswer.Refused<Long> _ -> lost(account);
                        case StoreAnswer.Unavailable<Long> _ -> claim;
                      }));
      // Held here only: the majority may be back.
      case Claim.NoMajority _, Claim.Taken _ -> claim(account);
    };
  }

  // The session goes on: to end it would help nobody, and its deletions do no harm.
  private static Claim lost(AccountName account) {
    LOG.warn("the maildrop of {} is now held by another node too", account);
    return new Claim.NoMajority();
  }

  private CompletableFuture<Void> freed(AccountName account, Claim claim) {
    return switch (claim) {
      case Claim.Leased(long version) ->
          directory
              .put(key(account), new MaildropLease.Free().encode(), OptionalLong.of(version))
              .handle((_, _) -> null); // else it runs out by time
      case Claim.Taken _, Claim.NoMajority _ -> CompletableFuture.completedFuture(null);
    };
  }

  private static <T> CompletableFuture<Claim> answered(
      CompletableFuture<T> answer, Function<T, CompletableFuture<Claim>> next) {
    return answer
        .thenCompose(next)
        .exceptionally(
            e -> {
              LOG.error("the directory failed", e);
              return new Claim.NoMajority();
            });
  }

  private <T> CompletableFuture<T> within(Duration wait, CompletableFuture<T> future, T otherwise) {
    if (future.isDone()) {
      return future;
    }
    var result = new CompletableFuture<T>();
    var timer = timers.after(wait, () -> result.complete(otherwise));
    future.thenAccept(
        value -> {
          timer.cancel();
          result.complete(value);
        });
    return result;
  }

  private static String key(AccountName account) {
    return MaildropLease.PREFIX + account.value();
  }
}
