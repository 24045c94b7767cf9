package org.malleposte.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardCommand.*;

/** One account as simply as it can be said: collections, and everything counted by looking. */
final class ModelMailboxes {
  record Mail(Flags flags, long modSeq, String body) {}

  static final class Box {
    final long id;
    final long uidValidity;
    MailboxName name;
    long uidNext = 1;
    long modSeq = 1;
    long recentFrom = 1;
    final TreeMap<Long, Mail> mails = new TreeMap<>();

    Box(long id, long uidValidity, MailboxName name) {
      this.id = id;
      this.uidValidity = uidValidity;
      this.name = name;
    }

    long add(Mail mail) {
      modSeq = mail.modSeq();
      mails.put(uidNext, mail);
      return uidNext++;
    }

    List<Long> chosen(UidSet uids) {
      return mails.keySet().stream().filter(uids::contains).toList();
    }

    MailboxInfo info(boolean subscribed) {
      return new MailboxInfo(
          id,
          name,
          uidValidity,
          uidNext,
          modSeq,
          mails.size(),
          (int) mails.values().stream().filter(m -> !m.flags().has(Flags.SEEN)).count(),
          (int) mails.values().stream().filter(m -> m.flags().has(Flags.DELETED)).count(),
          mails.values().stream().mapToLong(m -> m.body().length()).sum(),
          recentFrom,
          subscribed,
          "");
    }
  }

  private static final ShardAnswer NO_SUCH = new ShardAnswer.Refused(Refusal.NO_SUCH_MAILBOX);
  private static final ShardAnswer EXISTS = new ShardAnswer.Refused(Refusal.MAILBOX_EXISTS);
  private static final ShardAnswer NOT_PERMITTED = new ShardAnswer.Refused(Refusal.NOT_PERMITTED);

  final Map<Long, Box> boxes = new TreeMap<>();
  final Set<MailboxName> subscribed = new HashSet<>();
  private final Map<QueueId, ShardAnswer> answered = new HashMap<>();
  private long nextId = 2;
  private long lastValidity = Entries.FOUNDED.getEpochSecond();

  ModelMailboxes() {
    boxes.put(1L, new Box(1, lastValidity, MailboxName.INBOX));
  }

  Box named(MailboxName name) {
    return boxes.values().stream().filter(b -> b.name.equals(name)).findFirst().orElse(null);
  }

  List<MailboxInfo> list() {
    return boxes.values().stream()
        .map(box -> box.info(subscribed.contains(box.name)))
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  /** Returns what the state must answer; messages in answers are left to the comparison of all. */
  ShardAnswer apply(ShardCommand command, long timeMillis) {
    return switch (command) {
      case Append append -> append(append);
      case StoreFlags flags -> storeFlags(flags);
      case Expunge expunge -> expunge(expunge);
      case Transfer transfer -> transfer(transfer);
      case Create(var _, var name, var _) -> create(name, timeMillis);
      case Delete(var _, var name, var _) -> delete(name);
      case Rename(var _, var from, var to) -> rename(from, to, timeMillis);
      case Subscribe(var _, var name, var on) -> {
        var _ = on ? subscribed.add(name) : subscribed.remove(name);
        yield new ShardAnswer.Accepted();
      }
      case ClaimRecent(var _, var id) -> {
        var box = boxes.get(id);
        if (box == null) {
          yield NO_SUCH;
        }
        long from = box.recentFrom;
        box.recentFrom = box.uidNext;
        yield new ShardAnswer.RecentFrom(from);
      }
      case BodyChunk _, DirectoryPut _, DirectoryDelete _, Renumber _, Undelete _, SetProperty _ ->
          throw new IllegalArgumentException();
    };
  }

  private ShardAnswer append(Append append) {
    if (answered.get(append.id()) instanceof ShardAnswer.Appended first) {
      return new ShardAnswer.Appended(first.mailboxId(), first.uidValidity(), first.uid(), true);
    }
    if (answered.containsKey(append.id())) {
      return answered.get(append.id());
    }
    var box = named(append.mailbox());
    if (box == null) {
      return NO_SUCH;
    }
    String body = new String(((Body.Inline) append.body()).bytes());
    long uid = box.add(new Mail(append.flags(), box.modSeq + 1, body));
    var answer = new ShardAnswer.Appended(box.id, box.uidValidity, uid, false);
    answered.put(append.id(), answer);
    return answer;
  }

  private ShardAnswer storeFlags(StoreFlags command) {
    var box = boxes.get(command.mailboxId());
    if (box == null) {
      return NO_SUCH;
    }
    long next = box.modSeq + 1;
    var failed = new ArrayList<Long>();
    for (long uid : box.chosen(command.uids())) {
      var mail = box.mails.get(uid);
      if (mail.modSeq() > command.unchangedSince().orElse(Long.MAX_VALUE)) {
        failed.add(uid);
        continue;
      }
      var flags =
          switch (command.how()) {
            case SET -> command.flags();
            case ADD -> mail.flags().with(command.flags());
            case REMOVE -> mail.flags().without(command.flags());
          };
      if (!flags.equals(mail.flags())) {
        box.modSeq = next;
        box.mails.put(uid, new Mail(flags, next, mail.body()));
      }
    }
    return new ShardAnswer.FlagsStored(List.of(), UidSet.ofAscending(failed), 0);
  }

  private ShardAnswer expunge(Expunge command) {
    var box = boxes.get(command.mailboxId());
    if (box == null) {
      return NO_SUCH;
    }
    var gone =
        box.chosen(command.uids()).stream()
            .filter(u -> !command.onlyDeleted() || box.mails.get(u).flags().has(Flags.DELETED))
            .toList();
    remove(box, gone);
    return new ShardAnswer.Expunged(UidSet.ofAscending(gone), 0);
  }

  private static void remove(Box box, List<Long> gone) {
    if (!gone.isEmpty()) {
      gone.forEach(box.mails::remove);
      box.modSeq++;
    }
  }

  private ShardAnswer transfer(Transfer command) {
    if (answered.containsKey(command.id())) {
      return answered.get(command.id());
    }
    var source = boxes.get(command.mailboxId());
    var target = named(command.target());
    if (source == null || target == null) {
      return NO_SUCH;
    }
    var answer = transfer(source, target, command.uids(), command.kind());
    answered.put(command.id(), answer);
    return answer;
  }

  private static ShardAnswer transfer(Box source, Box target, UidSet uids, Transfer.Kind kind) {
    var chosen = source.chosen(uids);
    var targets = new ArrayList<Long>();
    long modSeq = target.modSeq + 1;
    for (long uid : chosen) {
      var mail = source.mails.get(uid);
      targets.add(target.add(new Mail(mail.flags(), modSeq, mail.body())));
    }
    if (kind == Transfer.Kind.MOVE) {
      remove(source, chosen);
    }
    return new ShardAnswer.Transferred(target.uidValidity, chosen, targets, 0);
  }

  private ShardAnswer create(MailboxName name, long timeMillis) {
    if (named(name) != null) {
      return EXISTS;
    }
    var box = make(name, timeMillis);
    return new ShardAnswer.Mailbox(box.info(subscribed.contains(name)));
  }

  private Box make(MailboxName name, long timeMillis) {
    name.parent().filter(p -> named(p) == null).ifPresent(p -> make(p, timeMillis));
    lastValidity = Math.max(lastValidity + 1, timeMillis / 1000);
    var box = new Box(nextId++, lastValidity, name);
    boxes.put(box.id, box);
    return box;
  }

  private ShardAnswer delete(MailboxName name) {
    var box = named(name);
    if (name.isInbox()) {
      return NOT_PERMITTED;
    }
    if (box == null) {
      return NO_SUCH;
    }
    boxes.remove(box.id);
    return new ShardAnswer.Accepted();
  }

  private ShardAnswer rename(MailboxName from, MailboxName to, long timeMillis) {
    if (named(to) != null) {
      return EXISTS;
    }
    if (from.isInbox()) {
      var inbox = boxes.get(1L);
      var target = make(to, timeMillis);
      long last = inbox.uidNext - 1;
      transfer(inbox, target, last == 0 ? UidSet.EMPTY : UidSet.range(1, last), Transfer.Kind.MOVE);
      return new ShardAnswer.InboxEmptied(last, 0);
    }
    if (to.isInbox() || to.isBelow(from)) {
      return NOT_PERMITTED;
    }
    Map<Box, MailboxName> names = new LinkedHashMap<>();
    for (var box : boxes.values()) {
      if (box.name.equals(from) || box.name.isBelow(from)) {
        String tail = box.name.value().substring(from.value().length());
        names.put(box, new MailboxName(to.value() + tail));
      }
    }
    if (names.isEmpty()) {
      return NO_SUCH;
    }
    for (var name : names.values()) {
      var taken = named(name);
      if (taken != null && !names.containsKey(taken)) {
        return EXISTS;
      }
    }
    names.forEach((box, name) -> box.name = name);
    to.parent().filter(p -> named(p) == null).ifPresent(p -> make(p, timeMillis));
    return new ShardAnswer.Accepted();
  }
}
