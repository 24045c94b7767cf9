package org.malleposte.shard;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.raft.ReplicatedGroup;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;

/**
 * The replicated store put together: mailboxes and directory over groups that somebody else
 * replicates. Thread-safe; see {@link MailboxStore} and {@link Directory} for what blocks.
 */
public final class MailStore implements AutoCloseable {
  /**
   * @param writeTimeout after which a write is {@code Unavailable}
   * @param deliveryTimeout the same for direct delivery, which has the spool to turn to (DESIGN
   *     §4.3)
   * @param limits of each group's committer
   * @param policy what is done beside storing
   */
  public record Settings(
      Duration writeTimeout,
      Duration deliveryTimeout,
      ShardCommitter.Limits limits,
      StorePolicy policy) {
    public static final Settings DEFAULT =
        new Settings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            ShardCommitter.Limits.DEFAULT,
            StorePolicy.NONE);

    public Settings with(StorePolicy other) {
      return new Settings(writeTimeout, deliveryTimeout, limits, other);
    }
  }

  private final List<Shard> shards;
  private final Directory directory;
  private final MailboxStore mailboxes;
  private final MailboxStore deliveries;

  /**
   * @param groups the directory's first, then those of the shards; as many as {@code states} has
   * @param states whose {@link ShardStates#open} the groups call
   * @param random for ids and sessions: seeded from the system's entropy, thread-safe
   * @param lane for bodies in files and short reads; the caller closes it
   */
  public MailStore(
      List<? extends ReplicatedGroup> groups,
      ShardStates states,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      BlockingLane lane,
      Settings settings) {
    if (groups.size() != 1 + states.map().shards()) {
      throw new IllegalArgumentException(
          groups.size() + " groups for " + states.map().shards() + " shards and the directory");
    }
    shards =
        IntStream.range(0, groups.size())
            .mapToObj(
                i ->
                    new Shard(
                        i,
                        groups.get(i),
                        new ShardCommitter(groups.get(i), timers, clock, random, settings.limits()),
                        states))
            .toList();
    directory =
        new ReplicatedDirectory(
            shards.get(ShardMap.DIRECTORY_GROUP), lane, timers, settings.writeTimeout());
    var policy = settings.policy();
    var appends = new Appends(lane, timers, clock, random, policy);
    var ofAccounts = shards.subList(1, shards.size());
    mailboxes =
        new ShardedMailboxStore(
            states.map(),
            ofAccounts,
            appends,
            policy,
            lane,
            clock,
            random,
            settings.writeTimeout());
    deliveries =
        new ShardedMailboxStore(
            states.map(),
            ofAccounts,
            appends,
            policy,
            lane,
            clock,
            random,
            settings.deliveryTimeout());
  }

  /** For sessions. */
  public MailboxStore mailboxes() {
    return mailboxes;
  }

  /** The same mailboxes for direct delivery: writes give up sooner. */
  public MailboxStore deliveries() {
    return deliveries;
  }

  public Directory directory() {
    return directory;
  }

  /** How the groups' committers fare, the directory's first. */
  public List<ShardCommitter.Load> loads() {
    return shards.stream().map(shard -> shard.committer().load()).toList();
  }

  /** Answers all waiting writes with {@code Unavailable}. The groups are the caller's to close. */
  @Override
  public void close() {
    shards.forEach(shard -> shard.committer().close());
  }
}
