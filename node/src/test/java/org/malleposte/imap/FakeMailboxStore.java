package org.malleposte.imap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
import org.malleposte.mailbox.UidSet;

/** Mailboxes in maps; a write is done at once, and told to the watches before it is answered. */
final class FakeMailboxStore implements MailboxStore {
  private static final class Box {
    final long id;
    final long uidValidity;
    MailboxName name;
    long uidNext = 1;
    long modSeq = 1;
    long recentFrom = 1;
    final TreeMap<Long, Message> messages = new TreeMap<>();

    Box(long id, MailboxName name) {
      this.id = id;
      this.uidValidity = 1000 + id;
      this.name = name;
    }
  }

  private static final class Account {
    final TreeMap<Long, Box> boxes = new TreeMap<>();
    final TreeSet<MailboxName> subscribed = new TreeSet<>();
    final List<Consumer<MailboxChange>> watches = new CopyOnWriteArrayList<>();
    long nextId = 1;

    Box add(MailboxName name) {
      var box = new Box(nextId++, name);
      boxes.put(box.id, box);
      return box;
    }

    Optional<Box> find(MailboxName name) {
      return boxes.values().stream().filter(box -> box.name.equals(name)).findFirst();
    }

    void tell(MailboxChange change) {
      watches.forEach(watch -> watch.accept(change));
    }
  }

  private final Map<AccountName, Account> accounts = new HashMap<>();
  private final Map<String, byte[]> bodies = new HashMap<>();
  private boolean available = true;
  private long quotaBytes = Long.MAX_VALUE;

  synchronized void available(boolean now) {
    available = now;
  }

  /** Per message. */
  synchronized void quotaBytes(long bytes) {
    quotaBytes = bytes;
  }

  /** What a snapshot does: single changes are not known. */
  synchronized void tellUnknown(AccountName account, long mailboxId) {
    account(account).tell(new MailboxChange.Unknown(mailboxId));
  }

  synchronized int watches(AccountName account) {
    return account(account).watches.size();
  }

  private Account account(AccountName name) {
    return accounts.computeIfAbsent(
        name,
        n -> {
          var account = new Account();
          account.add(MailboxName.INBOX);
          return account;
        });
  }

  private synchronized <T> CompletableFuture<StoreAnswer<T>> write(Supplier<StoreAnswer<T>> write) {
    return CompletableFuture.completedFuture(
        available ? write.get() : StoreAnswer.unavailable("no majority"));
  }

  @Override
  public CompletableFuture<StoreAnswer<Appended>> append(Append append) {
    return write(
        () -> {
          var account = account(append.account());
          var box = account.find(append.mailbox());
          if (box.isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          if (append.body().sizeBytes() > quotaBytes) {
            return StoreAnswer.refused(Refusal.OVER_QUOTA);
          }
          long uid = add(account, box.get(), append.flags(), append.internalDate(), read(append));
          return StoreAnswer.done(new Appended(box.get().id, box.get().uidValidity, uid, false));
        });
  }

  private static byte[] read(Append append) {
    try {
      return append.body().readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long add(Account account, Box box, Flags flags, Instant date, byte[] body) {
    String blob = "blob-" + bodies.size();
    bodies.put(blob, body);
    return add(account, box, new Message(1, 1, flags, date, body.length, blob));
  }

  private long add(Account account, Box box, Message message) {
    long uid = box.uidNext++;
    box.modSeq++;
    box.messages.put(
        uid,
        new Message(
            uid,
            box.modSeq,
            message.flags(),
            message.internalDate(),
            message.sizeBytes(),
            message.blob()));
    account.tell(new MailboxChange.Appended(box.id, uid, box.modSeq));
    return uid;
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> copy(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return write(() -> transfer(account, mailboxId, uids, target, false));
  }

  @Override
  public CompletableFuture<StoreAnswer<Copied>> move(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target) {
    return write(() -> transfer(account, mailboxId, uids, target, true));
  }

  private StoreAnswer<Copied> transfer(
      AccountName name, long mailboxId, UidSet uids, MailboxName targetName, boolean move) {
    var account = account(name);
    var source = account.boxes.get(mailboxId);
    var target = account.find(targetName);
    if (source == null || target.isEmpty()) {
      return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
    }
    var from = new ArrayList<Long>();
    var to = new ArrayList<Long>();
    for (var message : chosen(source, uids)) {
      from.add(message.uid());
      to.add(add(account, target.get(), message));
    }
    if (move && !from.isEmpty()) {
      remove(account, source, from);
    }
    return StoreAnswer.done(new Copied(target.get().uidValidity, from, to));
  }

  private static List<Message> chosen(Box box, UidSet uids) {
    return box.messages.values().stream().filter(m -> uids.contains(m.uid())).toList();
  }

  private static void remove(Account account, Box box, List<Long> uids) {
    box.modSeq++;
    uids.forEach(box.messages::remove);
    account.tell(
        new MailboxChange.Expunged(
            box.id, UidSet.of(uids.stream().mapToLong(u -> u).toArray()), box.modSeq));
  }

  @Override
  public CompletableFuture<StoreAnswer<FlagsStored>> storeFlags(
      AccountName name,
      long mailboxId,
      UidSet uids,
      FlagChange how,
      Flags flags,
      OptionalLong unchangedSince) {
    return write(
        () -> {
          var account = account(name);
          var box = account.boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          box.modSeq++;
          var after = new ArrayList<Message>();
          var failed = new ArrayList<Long>();
          for (var message : chosen(box, uids)) {
            if (message.modSeq() > unchangedSince.orElse(Long.MAX_VALUE)) {
              failed.add(message.uid());
            } else {
              after.add(storeFlags(account, box, message, how, flags));
            }
          }
          return StoreAnswer.done(
              new FlagsStored(after, UidSet.of(failed.stream().mapToLong(u -> u).toArray())));
        });
  }

  private static Message storeFlags(
      Account account, Box box, Message message, FlagChange how, Flags flags) {
    Flags now =
        switch (how) {
          case SET -> flags;
          case ADD -> message.flags().with(flags);
          case REMOVE -> message.flags().without(flags);
        };
    if (now.equals(message.flags())) {
      return message;
    }
    var changed =
        new Message(
            message.uid(),
            box.modSeq,
            now,
            message.internalDate(),
            message.sizeBytes(),
            message.blob());
    box.messages.put(message.uid(), changed);
    account.tell(new MailboxChange.FlagsChanged(box.id, message.uid(), box.modSeq, now));
    return changed;
  }

  @Override
  public CompletableFuture<StoreAnswer<UidSet>> expunge(
      AccountName name, long mailboxId, UidSet uids, boolean onlyDeleted) {
    return write(
        () -> {
          var account = account(name);
          var box = account.boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          var gone =
              chosen(box, uids).stream()
                  .filter(m -> !onlyDeleted || m.flags().has(Flags.DELETED))
                  .map(Message::uid)
                  .toList();
          if (!gone.isEmpty()) {
            remove(account, box, gone);
          }
          return StoreAnswer.done(UidSet.of(gone.stream().mapToLong(u -> u).toArray()));
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<MailboxInfo>> create(AccountName name, MailboxName mailbox) {
    return write(
        () -> {
          var account = account(name);
          if (account.find(mailbox).isPresent()) {
            return StoreAnswer.refused(Refusal.MAILBOX_EXISTS);
          }
          mailbox.parent().filter(p -> account.find(p).isEmpty()).ifPresent(p -> create(name, p));
          return StoreAnswer.done(info(account, account.add(mailbox)));
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> delete(AccountName name, MailboxName mailbox) {
    return write(
        () -> {
          var account = account(name);
          var box = account.find(mailbox);
          if (mailbox.isInbox()) {
            return StoreAnswer.refused(Refusal.NOT_PERMITTED);
          }
          if (box.isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          account.boxes.remove(box.get().id);
          account.tell(new MailboxChange.Deleted(box.get().id));
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> rename(
      AccountName name, MailboxName from, MailboxName to) {
    return write(
        () -> {
          var account = account(name);
          if (account.find(to).isPresent()) {
            return StoreAnswer.refused(Refusal.MAILBOX_EXISTS);
          }
          if (account.find(from).isEmpty()) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          for (var box : account.boxes.values()) {
            if (box.name.equals(from) || box.name.isBelow(from)) {
              String rest = box.name.value().substring(from.value().length());
              box.name = new MailboxName(to.value() + rest);
            }
          }
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> subscribe(
      AccountName name, MailboxName mailbox, boolean subscribed) {
    return write(
        () -> {
          var names = account(name).subscribed;
          var unused = subscribed ? names.add(mailbox) : names.remove(mailbox);
          return StoreAnswer.done(null);
        });
  }

  @Override
  public CompletableFuture<StoreAnswer<Long>> claimRecent(AccountName name, long mailboxId) {
    return write(
        () -> {
          var box = account(name).boxes.get(mailboxId);
          if (box == null) {
            return StoreAnswer.refused(Refusal.NO_SUCH_MAILBOX);
          }
          long first = box.recentFrom;
          box.recentFrom = box.uidNext;
          return StoreAnswer.done(first);
        });
  }

  @Override
  public synchronized List<MailboxInfo> list(AccountName name) {
    var account = account(name);
    return account.boxes.values().stream()
        .map(box -> info(account, box))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  private static MailboxInfo info(Account account, Box box) {
    var all = box.messages.values();
    return new MailboxInfo(
        box.id,
        box.name,
        box.uidValidity,
        box.uidNext,
        box.modSeq,
        all.size(),
        (int) all.stream().filter(m -> !m.flags().has(Flags.SEEN)).count(),
        (int) all.stream().filter(m -> m.flags().has(Flags.DELETED)).count(),
        all.stream().mapToLong(Message::sizeBytes).sum(),
        box.recentFrom,
        account.subscribed.contains(box.name));
  }

  @Override
  public synchronized List<MailboxName> subscriptions(AccountName name) {
    return List.copyOf(account(name).subscribed);
  }

  @Override
  public synchronized Optional<MailboxInfo> find(AccountName name, MailboxName mailbox) {
    var account = account(name);
    return account.find(mailbox).map(box -> info(account, box));
  }

  @Override
  public synchronized Optional<MailboxInfo> find(AccountName name, long mailboxId) {
    var account = account(name);
    return Optional.ofNullable(account.boxes.get(mailboxId)).map(box -> info(account, box));
  }

  @Override
  public synchronized long[] uids(AccountName name, long mailboxId) {
    return box(name, mailboxId)
        .map(box -> box.messages.keySet().stream().mapToLong(u -> u).toArray())
        .orElse(new long[0]);
  }

  private Optional<Box> box(AccountName name, long mailboxId) {
    return Optional.ofNullable(account(name).boxes.get(mailboxId));
  }

  @Override
  public synchronized void messages(
      AccountName name, long mailboxId, UidSet uids, Consumer<Message> consumer) {
    box(name, mailboxId).ifPresent(box -> chosen(box, uids).forEach(consumer));
  }

  @Override
  public synchronized void changedSince(
      AccountName name, long mailboxId, UidSet uids, long modSeq, Consumer<Message> consumer) {
    box(name, mailboxId)
        .ifPresent(
            box -> chosen(box, uids).stream().filter(m -> m.modSeq() > modSeq).forEach(consumer));
  }

  @Override
  public synchronized InputStream openBody(AccountName name, String blob) throws IOException {
    byte[] body = bodies.get(blob);
    if (body == null) {
      throw new IOException("no such blob");
    }
    return new ByteArrayInputStream(body);
  }

  @Override
  public synchronized AutoCloseable watch(AccountName name, Consumer<MailboxChange> listener) {
    Consumer<MailboxChange> watch = change -> listener.accept(change);
    account(name).watches.add(watch);
    return () -> {
      synchronized (this) {
        account(name).watches.remove(watch);
      }
    };
  }

  @Override
  public synchronized boolean isWritable(AccountName name) {
    return available;
  }
}
