package org.malleposte.shard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.Vanished;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.shard.ShardCommand.Transfer;

/**
 * The mailboxes of all accounts over the shards' groups. Writes go through the shard's {@link
 * ShardCommitter}; reads are of this node's {@link ShardState}.
 *
 * <p>A change of more than {@link ShardCommand#MAX_MESSAGES} messages takes several entries, so
 * other changes may come between, and when one of the later ones fails the earlier ones stay; a
 * copy or move repeated under its id then goes on where it stopped.
 */
final class ShardedMailboxStore implements MailboxStore {
  private final List<Shard> shards;
  private final ShardMap map;
  private final Appends appends;
  private final StorePolicy policy;
  private final BlockingLane lane;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Duration timeout;

  /**
   * @param shards of groups 1, 2, ... in this order
   * @param lane for short reads that a write needs
   * @param random for ids; thread-safe
   * @param timeout after which a write is answered {@code Unavailable}
   */
  ShardedMailboxStore(
      ShardMap map,
      List<Shard> shards,
      Appends appends,
      StorePolicy policy,
      BlockingLane lane,
      InstantSource clock,
      RandomGenerator random,
      Duration timeout) {
    this.map = map;
    this.shards = List.copyOf(shards);
    this.appends = appends;
    this.policy = policy;
    this.lane = lane;
    this.clock = clock;
    this.random = random;
    this.timeout = timeout;
  }

  private Shard shard(AccountName account) {
    return shards.get(map.groupOf(account) - 1);
  }

  @Override
  public CompletableFuture<StoreAnswer<Appended>> append(Append append) {
    return appends.append(shard(append.account()), append, timeout);
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> copy(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return transfer(id, Transfer.Kind.COPY, account, mailboxId, uids, target);
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> move(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return transfer(id, Transfer.Kind.MOVE, account, mailboxId, uids, target);
  }

  private CompletableFuture<StoreAnswer<Copied>> transfer(
      QueueId id,
      Transfer.Kind kind,
      AccountName account,
      long mailboxId,
      UidSet uids,
      MailboxName target) {
    var sources = new ArrayList<Long>();
    var targets = new ArrayList<Long>();
    var uidValidity = new long[1];
    return Parts.run(
            uids,
            (part, some) ->
                write(
                    account,
                    new Transfer(
                        id,
                        part,
                        kind,
                        account,
                        mailboxId,
                        some,
                        target,
                        policy.quotas().of(account, target))),
            answer -> {
              var done = expect(ShardAnswer.Transferred.class, answer);
              sources.addAll(done.sources());
              targets.addAll(done.targets());
              uidValidity[0] = done.uidValidity();
              return done.resumeFrom();
            })
        .thenApply(done -> done.map(_ -> new Copied(uidValidity[0], sources, targets)));
  }

  @Override
  public CompletableFuture<StoreAnswer<FlagsStored>> storeFlags(
      AccountName account,
      long mailboxId,
      UidSet uids,
      FlagChange how,
      Flags flags,
      OptionalLong unchangedSince) {
    if (!ShardCommand.permits(flags)) {
      return refused(Refusal.NOT_PERMITTED);
    }
    var changed = new ArrayList<Message>();
    var failed = new ArrayList<UidSet.Range>();
    return Parts.run(
            uids,
            (_, some) ->
                write(
                    account,
                    new ShardCommand.StoreFlags(
                        account, mailboxId, some, how, flags, unchangedSince)),
            answer -> {
              var done = expect(ShardAnswer.FlagsStored.class, answer);
              changed.addAll(done.messages());
              failed.addAll(done.failed().ranges());
              return done.resumeFrom();
            })
        .thenApply(done -> done.map(_ -> new FlagsStored(changed, new UidSet(failed))));
  }

  @Override
  public CompletableFuture<StoreAnswer<UidSet>> expunge(
      AccountName account, long mailboxId, UidSet uids, boolean onlyDeleted) {
    var gone = new ArrayList<UidSet.Range>();
    return Parts.run(
            uids,
            (_, some) ->
                write(
                    account,
                    new ShardCommand.Expunge(account, mailboxId, some, onlyDeleted, keepSeconds())),
            answer -> {
              var done = expect(ShardAnswer.Expunged.class, answer);
              gone.addAll(done.uids().ranges());
              return done.resumeFrom();
            })
        .thenApply(done -> done.map(_ -> new UidSet(gone)));
  }

  @Override
  public CompletableFuture<StoreAnswer<MailboxInfo>> create(
      AccountName account, MailboxName name, String use) {
    return write(account, new ShardCommand.Create(account, name, use))
        .thenApply(answer -> answer.map(done -> expect(ShardAnswer.Mailbox.class, done).info()));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(AccountName account, MailboxName name) {
    return write(account, new ShardCommand.Delete(account, name, keepSeconds()))
        .thenApply(Answers::nothing);
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> rename(
      AccountName account, MailboxName from, MailboxName to) {
    return write(account, new ShardCommand.Rename(account, from, to))
        .thenCompose(
            answer ->
                answer
                            instanceof
                            StoreAnswer.Done<ShardAnswer>(
                                ShardAnswer.InboxEmptied(var lastUid, var resumeFrom))
                        && resumeFrom > 0
                    ? moveRest(account, UidSet.range(resumeFrom, lastUid), to)
                    : CompletableFuture.completedFuture(Answers.nothing(answer)));
  }

  /** What one command did not move of a large INBOX. */
  private CompletableFuture<StoreAnswer<Void>> moveRest(
      AccountName account, UidSet rest, MailboxName to) {
    var id = QueueId.create(clock.instant(), random);
    return move(id, account, MailboxRecord.INBOX_ID, rest, to)
        .thenApply(answer -> answer.map(_ -> null));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> subscribe(
      AccountName account, MailboxName name, boolean subscribed) {
    return write(account, new ShardCommand.Subscribe(account, name, subscribed))
        .thenApply(Answers::nothing);
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> claimRecent(AccountName account, long mailboxId) {
    return Answers.onLane(
            lane,
            () ->
                shard(account).isOpen() ? find(account, mailboxId) : Optional.<MailboxInfo>empty())
        .thenCompose(
            answer ->
                // Mostly there is nothing new to claim: SELECT then needs no log entry.
                answer instanceof StoreAnswer.Done<Optional<MailboxInfo>>(var info)
                        && info.isPresent()
                        && info.get().recentFrom() == info.get().uidNext()
                    ? CompletableFuture.completedFuture(StoreAnswer.done(info.get().recentFrom()))
                    : claim(account, mailboxId));
  }

  private CompletableFuture<StoreAnswer<Long>> claim(AccountName account, long mailboxId) {
    return write(account, new ShardCommand.ClaimRecent(account, mailboxId))
        .thenApply(answer -> answer.map(done -> expect(ShardAnswer.RecentFrom.class, done).uid()));
  }

  private long keepSeconds() {
    return policy.keepExpunged().toSeconds();
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> renumber(
      AccountName account, MailboxName name, long uidValidity) {
    return write(account, new ShardCommand.Renumber(account, name, uidValidity))
        .thenApply(Answers::nothing);
  }

  @Override
  public CompletableFuture<StoreAnswer<Integer>> undelete(
      QueueId id, AccountName account, Instant since) {
    return undelete(id, 0, account, Math.max(0, since.toEpochMilli()), 0);
  }

  private CompletableFuture<StoreAnswer<Integer>> undelete(
      QueueId id, int part, AccountName account, long sinceMillis, int before) {
    return write(account, new ShardCommand.Undelete(id, part, account, sinceMillis))
        .thenCompose(
            answer -> {
              if (answer instanceof StoreAnswer.Done<ShardAnswer>(var done)) {
                var restored = expect(ShardAnswer.Restored.class, done);
                int all = before + restored.messages();
                return restored.more()
                    ? undelete(id, part + 1, account, sinceMillis, all)
                    : CompletableFuture.completedFuture(StoreAnswer.done(all));
              }
              return CompletableFuture.completedFuture(answer.map(_ -> before));
            });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> setProperty(
      AccountName account, String key, Optional<byte[]> value) {
    int keyBytes = key.getBytes(StandardCharsets.UTF_8).length;
    byte[] bytes = value.orElseGet(() -> new byte[0]);
    if (key.isEmpty() || keyBytes > MAX_PROPERTY_KEY_BYTES || bytes.length > MAX_PROPERTY_BYTES) {
      return refused(Refusal.NOT_PERMITTED);
    }
    return write(account, new ShardCommand.SetProperty(account, key, value.isEmpty(), bytes))
        .thenApply(Answers::nothing);
  }

  @Override
  public Optional<byte[]> property(AccountName account, String key) {
    return shard(account).read(reader -> reader.property(account, key));
  }

  @Override
  public SortedMap<String, byte[]> properties(AccountName account, String prefix) {
    return shard(account).read(reader -> reader.properties(account, prefix));
  }

  @Override
  public Vanished vanished(AccountName account, long mailboxId, long modSeq) {
    return shard(account).read(reader -> reader.vanished(account, mailboxId, modSeq));
  }

  @Override
  public Optional<byte[]> index(AccountName account, String blob) {
    return shard(account).read(reader -> reader.index(account, blob));
  }

  private CompletableFuture<StoreAnswer<ShardAnswer>> write(
      AccountName account, ShardCommand command) {
    return shard(account).write(command, timeout).thenApply(Answers::refusals);
  }

  private static <T extends ShardAnswer> T expect(Class<T> type, ShardAnswer answer) {
    return Answers.expect(type, answer);
  }

  private static <T> CompletableFuture<StoreAnswer<T>> refused(Refusal why) {
    return CompletableFuture.completedFuture(StoreAnswer.refused(why));
  }

  @Override
  public List<MailboxInfo> list(AccountName account) {
    return shard(account).read(reader -> reader.list(account));
  }

  @Override
  public List<MailboxName> subscriptions(AccountName account) {
    return shard(account).read(reader -> reader.subscriptions(account));
  }

  @Override
  public Optional<MailboxInfo> find(AccountName account, MailboxName name) {
    return shard(account).read(reader -> reader.find(account, name));
  }

  @Override
  public Optional<MailboxInfo> find(AccountName account, long mailboxId) {
    return shard(account).read(reader -> reader.find(account, mailboxId));
  }

  @Override
  public long[] uids(AccountName account, long mailboxId) {
    return shard(account).read(reader -> reader.uids(account, mailboxId));
  }

  @Override
  public void messages(
      AccountName account, long mailboxId, UidSet uids, Consumer<Message> consumer) {
    shard(account)
        .read(
            reader -> {
              reader.messages(account, mailboxId, uids, consumer);
              return null;
            });
  }

  @Override
  public void changedSince(
      AccountName account, long mailboxId, UidSet uids, long modSeq, Consumer<Message> consumer) {
    shard(account)
        .read(
            reader -> {
              reader.changedSince(account, mailboxId, uids, modSeq, consumer);
              return null;
            });
  }

  @Override
  public InputStream openBody(AccountName account, String blob) throws IOException {
    return new BodyStream(shard(account), account, blob);
  }

  @Override
  public AutoCloseable watch(AccountName account, Consumer<MailboxChange> listener) {
    return shard(account).watches().watch(account, listener);
  }

  @Override
  public boolean isWritable(AccountName account) {
    return shard(account).group().leader().isPresent();
  }
}
