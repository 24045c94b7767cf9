package org.malleposte.mailbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.StorePolicy.Quotas;

/**
 * The contract of {@link MailboxStore} in memory, for tests of the protocols. Writes are applied at
 * once, and changes told on the writer's thread.
 */
public final class FakeMailboxStore implements MailboxStore {
  private static final class Box {
    final long id;
    long uidValidity;
    final NavigableMap<Long, Message> messages = new TreeMap<>();
    final List<Removed> removed = new ArrayList<>();
    MailboxName name;
    String use = "";
    long uidNext = 1;
    long modSeq = 1;
    long recentFrom = 1;

    Box(long id, MailboxName name) {
      this.id = id;
      this.uidValidity = 1_700_000_000L + id;
      this.name = name;
    }
  }

  private record Removed(long modSeq, UidSet uids) {}

  private record Kept(Instant at, MailboxName from, Message message) {}

  private static final class Drop {
    final Map<Long, Box> boxes = new TreeMap<>();
    final TreeMap<String, byte[]> properties = new TreeMap<>();
    final List<Kept> kept = new ArrayList<>();
    final TreeSet<MailboxName> subscribed = new TreeSet<>();
    final List<Consumer<MailboxChange>> watchers = new CopyOnWriteArrayList<>();
    final Map<QueueId, StoreAnswer<?>> answers = new HashMap<>();
  }

  private final Map<AccountName, Drop> drops = new HashMap<>();
  private final Map<String, byte[]> bodies = new HashMap<>();
  private final Map<String, byte[]> indexes = new HashMap<>();
  private Function<byte[], byte[]> indexer = _ -> new byte[0];
  private long nextId = 1;
  private long nextBlob = 1;
  private Instant now = Instant.parse("2026-05-04T10:00:00Z");
  private Duration keepExpunged = Duration.ZERO;
  private Quotas quotas = (_, _) -> Quota.NONE;
  private boolean writable = true;
  private boolean diskFails;
  private long quotaBytes = Long.MAX_VALUE;

  /** False: as without a majority. */
  public synchronized void setWritable(boolean value) {
    writable = value;
  }

  /** What a snapshot does: single changes are not known. */
  public synchronized void tellUnknown(AccountName account, long mailboxId) {
    tell(drop(account), new MailboxChange.Unknown(mailboxId));
  }

  /** When messages are saved from now on. */
  public synchronized void setNow(Instant instant) {
    now = instant;
  }

  /** Expunged messages are kept until the store is asked for them. */
  public synchronized void setKeepExpunged(Duration duration) {
    keepExpunged = duration;
  }

  /** What is made of the beginning of messages that come from now on. */
  public synchronized void setIndex(Function<byte[], byte[]> function) {
    indexer = function;
  }

  /** Limits of accounts. */
  public synchronized void setQuotas(Quotas rules) {
    quotas = rules;
  }

  /** Larger messages are over quota. */
  public synchronized void setQuotaBytes(long bytes) {
    quotaBytes = bytes;
  }

  /** How many watch this account. */
  public synchronized int watches(AccountName account) {
    return drop(account).watchers.size();
  }

  /** True: reads throw. */
  public synchronized void setDiskFails(boolean value) {
    diskFails = value;
  }

  @Override
  public CompletableFuture<StoreAnswer<Appended>> append(Append append) {
    return write(
        append.account(),
        drop ->
            once(
                drop,
                append.id(),
                () -> {
                  var box = byName(drop, append.mailbox());
                  if (box.isEmpty()) {
                    return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
                  }
                  if (append.body().sizeBytes() > quotaBytes
                      || isOver(
                          drop,
                          quotas.of(append.account(), append.mailbox()),
                          append.body().sizeBytes())) {
                    return StoreAnswer.refused(Refusal.OVER_QUOTA);
                  }
                  String blob = "blob-" + nextBlob++;
                  byte[] bytes = bytes(append);
                  bodies.put(blob, bytes);
                  indexes.put(
                      blob,
                      indexer.apply(
                          Arrays.copyOf(bytes, Math.min(bytes.length, StorePolicy.INDEXED_BYTES))));
                  if (append.uid().orElse(box.get().uidNext) < box.get().uidNext) {
                    return StoreAnswer.refused(Refusal.CONFLICT);
                  }
                  box.get().uidNext = append.uid().orElse(box.get().uidNext);
                  long uid =
                      add(
                          drop,
                          box.get(),
                          new Message(
                              0,
                              0,
                              append.flags(),
                              append.internalDate(),
                              bytes.length,
                              blob,
                              now));
                  return StoreAnswer.done(
                      new Appended(box.get().id, box.get().uidValidity, uid, false));
                }));
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> copy(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return write(
        account,
        drop ->
            once(
                drop,
                id,
                () ->
                    isOver(drop, account, mailboxId, uids, target)
                        ? StoreAnswer.refused(Refusal.OVER_QUOTA)
                        : transfer(drop, mailboxId, uids, target, false)));
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> move(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return write(
        account, drop -> once(drop, id, () -> transfer(drop, mailboxId, uids, target, true)));
  }

  @Override
  public CompletableFuture<StoreAnswer<FlagsStored>> storeFlags(
      AccountName account,
      long mailboxId,
      UidSet uids,
      FlagChange how,
      Flags flags,
      OptionalLong unchangedSince) {
    return write(
        account,
        drop -> {
          var box = drop.boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          var changed = new ArrayList<Message>();
          var failed = new ArrayList<Long>();
          for (var message : selected(box, uids)) {
            if (unchangedSince.isPresent() && message.modSeq() > unchangedSince.getAsLong()) {
              failed.add(message.uid());
              continue;
            }
            var next =
                switch (how) {
                  case SET -> flags;
                  case ADD -> message.flags().with(flags);
                  case REMOVE -> message.flags().without(flags);
                };
            if (!next.equals(message.flags())) {
              message = replace(box, message, next);
              tell(
                  drop,
                  new MailboxChange.FlagsChanged(box.id, message.uid(), message.modSeq(), next));
            }
            changed.add(message);
          }
          return StoreAnswer.done(
              new FlagsStored(
                  changed, UidSet.of(failed.stream().mapToLong(Long::longValue).toArray())));
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<UidSet>> expunge(
      AccountName account, long mailboxId, UidSet uids, boolean onlyDeleted) {
    return write(
        account,
        drop -> {
          var box = drop.boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          var gone =
              selected(box, uids).stream()
                  .filter(m -> !onlyDeleted || m.flags().has(Flags.DELETED))
                  .mapToLong(Message::uid)
                  .toArray();
          if (!keepExpunged.isZero()) {
            for (long uid : gone) {
              drop.kept.add(new Kept(now, box.name, box.messages.get(uid)));
            }
          }
          return StoreAnswer.done(remove(drop, box, UidSet.of(gone)));
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<MailboxInfo>> create(
      AccountName account, MailboxName name, String use) {
    return write(
        account,
        drop -> {
          if (byName(drop, name).isPresent()) {
            return StoreAnswer.refused(Refusal.MAILBOX_EXISTS);
          }
          for (var up = name.parent(); up.isPresent(); up = up.get().parent()) {
            if (byName(drop, up.get()).isEmpty()) {
              addBox(drop, up.get());
            }
          }
          if (!use.isEmpty()
              && drop.boxes.values().stream().anyMatch(b -> b.use.equalsIgnoreCase(use))) {
            return StoreAnswer.refused(Refusal.CONFLICT);
          }
          var made = addBox(drop, name);
          made.use = use;
          return StoreAnswer.done(info(drop, made));
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(AccountName account, MailboxName name) {
    return write(
        account,
        drop -> {
          if (name.isInbox()) {
            return StoreAnswer.refused(Refusal.NOT_PERMITTED);
          }
          var box = byName(drop, name);
          if (box.isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          drop.boxes.remove(box.get().id);
          tell(drop, new MailboxChange.Deleted(box.get().id));
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> rename(
      AccountName account, MailboxName from, MailboxName to) {
    return write(
        account,
        drop -> {
          var box = byName(drop, from);
          if (box.isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          if (byName(drop, to).isPresent()) {
            return StoreAnswer.refused(Refusal.MAILBOX_EXISTS);
          }
          if (from.isInbox()) {
            addBox(drop, to);
            transfer(drop, box.get().id, box(box.get()), to, true);
            return StoreAnswer.done(null);
          }
          for (var other : drop.boxes.values()) {
            if (other.name.isBelow(from)) {
              String rest = other.name.value().substring(from.value().length());
              other.name = new MailboxName(to.value() + rest);
            }
          }
          box.get().name = to;
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> subscribe(
      AccountName account, MailboxName name, boolean subscribed) {
    return write(
        account,
        drop -> {
          if (subscribed) {
            drop.subscribed.add(name);
          } else {
            drop.subscribed.remove(name);
          }
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> claimRecent(AccountName account, long mailboxId) {
    return write(
        account,
        drop -> {
          var box = drop.boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          long first = box.recentFrom;
          box.recentFrom = box.uidNext;
          return StoreAnswer.done(first);
        });
  }

  @Override
  public synchronized List<MailboxInfo> list(AccountName account) {
    var drop = read(account);
    return drop.boxes.values().stream()
        .map(box -> info(drop, box))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  @Override
  public synchronized List<MailboxName> subscriptions(AccountName account) {
    return List.copyOf(read(account).subscribed);
  }

  @Override
  public synchronized Optional<MailboxInfo> find(AccountName account, MailboxName name) {
    var drop = read(account);
    return byName(drop, name).map(box -> info(drop, box));
  }

  @Override
  public synchronized Optional<MailboxInfo> find(AccountName account, long mailboxId) {
    var drop = read(account);
    return Optional.ofNullable(drop.boxes.get(mailboxId)).map(box -> info(drop, box));
  }

  @Override
  public synchronized long[] uids(AccountName account, long mailboxId) {
    var box = read(account).boxes.get(mailboxId);
    return box == null
        ? new long[0]
        : box.messages.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void messages(
      AccountName account, long mailboxId, UidSet uids, Consumer<Message> consumer) {
    changedSince(account, mailboxId, uids, 0, consumer);
  }

  @Override
  public void changedSince(
      AccountName account, long mailboxId, UidSet uids, long modSeq, Consumer<Message> consumer) {
    List<Message> found;
    synchronized (this) {
      var box = read(account).boxes.get(mailboxId);
      found = box == null ? List.of() : selected(box, uids);
    }
    found.stream().filter(m -> m.modSeq() > modSeq).forEach(consumer);
  }

  @Override
  public synchronized InputStream openBody(AccountName account, String blob) throws IOException {
    read(account);
    byte[] bytes = bodies.get(blob);
    if (bytes == null) {
      throw new IOException("no such body: " + blob);
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public synchronized AutoCloseable watch(AccountName account, Consumer<MailboxChange> listener) {
    var watchers = drop(account).watchers;
    watchers.add(listener);
    return () -> watchers.remove(listener);
  }

  @Override
  public synchronized boolean isWritable(AccountName account) {
    return writable;
  }

  private interface Change<T> {
    StoreAnswer<T> apply(Drop drop);
  }

  private synchronized <T> CompletableFuture<StoreAnswer<T>> write(
      AccountName account, Change<T> change) {
    return CompletableFuture.completedFuture(
        writable ? change.apply(drop(account)) : StoreAnswer.unavailable("no majority"));
  }

  @SuppressWarnings("unchecked") // an id is used for one kind of write
  private <T> StoreAnswer<T> once(Drop drop, QueueId id, Supplier<StoreAnswer<T>> change) {
    var before = drop.answers.get(id);
    if (before instanceof StoreAnswer.Done<?>(Appended a)) {
      return (StoreAnswer<T>)
          StoreAnswer.done(new Appended(a.mailboxId(), a.uidValidity(), a.uid(), true));
    }
    if (before != null) {
      return (StoreAnswer<T>) before;
    }
    var answer = change.get();
    if (answer instanceof StoreAnswer.Done) {
      drop.answers.put(id, answer);
    }
    return answer;
  }

  private StoreAnswer<Copied> transfer(
      Drop drop, long mailboxId, UidSet uids, MailboxName target, boolean move) {
    var from = drop.boxes.get(mailboxId);
    var to = byName(drop, target);
    if (from == null || to.isEmpty()) {
      return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
    }
    var sources = new ArrayList<Long>();
    var targets = new ArrayList<Long>();
    for (var message : selected(from, uids)) {
      sources.add(message.uid());
      targets.add(add(drop, to.get(), message));
    }
    if (move) {
      var moved = UidSet.of(sources.stream().mapToLong(Long::longValue).toArray());
      remove(drop, from, moved);
    }
    return StoreAnswer.done(new Copied(to.get().uidValidity, sources, targets));
  }

  private long add(Drop drop, Box box, Message from) {
    long uid = box.uidNext++;
    long modSeq = ++box.modSeq;
    box.messages.put(
        uid,
        new Message(
            uid, modSeq, from.flags(), from.internalDate(), from.sizeBytes(), from.blob(), now));
    tell(drop, new MailboxChange.Appended(box.id, uid, modSeq));
    return uid;
  }

  private UidSet remove(Drop drop, Box box, UidSet uids) {
    if (!uids.isEmpty()) {
      long modSeq = ++box.modSeq;
      uids.forEach(box.messages::remove);
      box.removed.add(new Removed(modSeq, uids));
      tell(drop, new MailboxChange.Expunged(box.id, uids, modSeq));
    }
    return uids;
  }

  private static Message replace(Box box, Message message, Flags flags) {
    var next =
        new Message(
            message.uid(),
            ++box.modSeq,
            flags,
            message.internalDate(),
            message.sizeBytes(),
            message.blob(),
            message.saved());
    box.messages.put(message.uid(), next);
    return next;
  }

  private static List<Message> selected(Box box, UidSet uids) {
    return box.messages.values().stream().filter(m -> uids.contains(m.uid())).toList();
  }

  private static UidSet box(Box box) {
    return UidSet.of(box.messages.keySet().stream().mapToLong(Long::longValue).toArray());
  }

  private static void tell(Drop drop, MailboxChange change) {
    drop.watchers.forEach(w -> w.accept(change));
  }

  private boolean isOver(
      Drop drop, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    var from = drop.boxes.get(mailboxId);
    return from != null
        && byName(drop, target).isPresent()
        && isOver(
            drop,
            quotas.of(account, target),
            selected(from, uids).stream().mapToLong(Message::sizeBytes).sum());
  }

  private static boolean isOver(Drop drop, Quota quota, long moreBytes) {
    var all = drop.boxes.values().stream().flatMap(b -> b.messages.values().stream()).toList();
    long bytes = all.stream().mapToLong(Message::sizeBytes).sum() + moreBytes;
    return !quota.permits(bytes, all.size() + 1L);
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> renumber(
      AccountName account, MailboxName name, long uidValidity) {
    return write(
        account,
        drop -> {
          var box = byName(drop, name);
          if (box.isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          if (box.get().uidNext > 1) {
            return StoreAnswer.refused(Refusal.CONFLICT);
          }
          box.get().uidValidity = uidValidity;
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Integer>> undelete(
      QueueId id, AccountName account, Instant since) {
    return write(
        account,
        drop ->
            once(
                drop,
                id,
                () -> {
                  var back = drop.kept.stream().filter(k -> !k.at().isBefore(since)).toList();
                  drop.kept.removeAll(back);
                  for (var kept : back) {
                    var box = byName(drop, kept.from()).or(() -> byName(drop, MailboxName.INBOX));
                    var message = kept.message();
                    add(
                        drop,
                        box.orElseThrow(),
                        new Message(
                            0,
                            0,
                            message.flags().without(Flags.of(Flags.DELETED)),
                            message.internalDate(),
                            message.sizeBytes(),
                            message.blob(),
                            now));
                  }
                  return StoreAnswer.done(back.size());
                }));
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> setProperty(
      AccountName account, String key, Optional<byte[]> value) {
    return write(
        account,
        drop -> {
          value.ifPresentOrElse(
              bytes -> drop.properties.put(key, bytes), () -> drop.properties.remove(key));
          return StoreAnswer.done(null);
        });
  }

  @Override
  public synchronized Optional<byte[]> property(AccountName account, String key) {
    return Optional.ofNullable(read(account).properties.get(key));
  }

  @Override
  public synchronized SortedMap<String, byte[]> properties(AccountName account, String prefix) {
    var found = new TreeMap<>(read(account).properties.tailMap(prefix));
    found.keySet().removeIf(key -> !key.startsWith(prefix));
    return found;
  }

  @Override
  public synchronized Vanished vanished(AccountName account, long mailboxId, long modSeq) {
    var box = read(account).boxes.get(mailboxId);
    if (modSeq < 1) {
      return new Vanished.Forgotten();
    }
    var uids = new TreeSet<Long>();
    if (box != null) {
      box.removed.stream()
          .filter(r -> r.modSeq() > modSeq)
          .forEach(r -> r.uids().forEach(uids::add));
    }
    return new Vanished.Known(UidSet.ofAscending(uids));
  }

  @Override
  public synchronized Optional<byte[]> index(AccountName account, String blob) {
    read(account);
    return Optional.ofNullable(indexes.get(blob)).filter(index -> index.length > 0);
  }

  private Drop read(AccountName account) {
    if (diskFails) {
      throw new UncheckedIOException(new IOException("disk"));
    }
    return drop(account);
  }

  private Drop drop(AccountName account) {
    return drops.computeIfAbsent(
        account,
        _ -> {
          var drop = new Drop();
          addBox(drop, MailboxName.INBOX);
          return drop;
        });
  }

  private Box addBox(Drop drop, MailboxName name) {
    var box = new Box(nextId++, name);
    drop.boxes.put(box.id, box);
    return box;
  }

  private static Optional<Box> byName(Drop drop, MailboxName name) {
    return drop.boxes.values().stream().filter(b -> b.name.equals(name)).findFirst();
  }

  private static MailboxInfo info(Drop drop, Box box) {
    int seen = (int) box.messages.values().stream().filter(m -> m.flags().has(Flags.SEEN)).count();
    int deleted =
        (int) box.messages.values().stream().filter(m -> m.flags().has(Flags.DELETED)).count();
    return new MailboxInfo(
        box.id,
        box.name,
        box.uidValidity,
        box.uidNext,
        box.modSeq,
        box.messages.size(),
        box.messages.size() - seen,
        deleted,
        box.messages.values().stream().mapToLong(Message::sizeBytes).sum(),
        box.recentFrom,
        drop.subscribed.contains(box.name),
        box.use);
  }

  private static byte[] bytes(Append append) {
    try {
      return append.body().readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
