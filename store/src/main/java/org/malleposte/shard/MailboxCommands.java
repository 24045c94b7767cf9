package org.malleposte.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardAnswer.Accepted;
import org.malleposte.shard.ShardAnswer.Refused;
import org.malleposte.shard.ShardCommand.Subscribe;
import org.malleposte.shard.ShardCommand.Transfer;

/**
 * Applies commands on mailboxes as such. What refuses is looked at before anything is changed.
 * Belongs to the applying thread.
 */
final class MailboxCommands {
  private static final byte[] NO_VALUE = {};

  private final Garbage garbage;

  MailboxCommands(Garbage garbage) {
    this.garbage = garbage;
  }

  ShardAnswer create(EntryChanges changes, OpenAccount account, ShardCommand.Create command) {
    var name = command.name();
    if (account.mailbox(name).isPresent()) {
      return new Refused(Refusal.MAILBOX_EXISTS);
    }
    var missing = missingLevels(account, name);
    if (account.size() + missing.size() > OpenAccount.MAX_MAILBOXES) {
      return new Refused(Refusal.OVER_QUOTA);
    }
    // RFC 6154 lets two mailboxes have one use; clients then file into either, and so we do not.
    if (!command.use().isEmpty() && account.ofUse(command.use()).isPresent()) {
      return new Refused(Refusal.CONFLICT);
    }
    OpenMailbox last = create(changes, account, missing, command.use());
    boolean subscribed = changes.keys().get(subscription(account, name)).isPresent();
    return new ShardAnswer.Mailbox(last.record().toInfo(last.id(), subscribed));
  }

  /** The name and the levels above it that do not exist, the highest first. */
  private static List<MailboxName> missingLevels(OpenAccount account, MailboxName name) {
    var missing = new ArrayList<MailboxName>();
    Optional<MailboxName> level = Optional.of(name);
    while (level.isPresent() && account.mailbox(level.get()).isEmpty()) {
      missing.addFirst(level.get());
      level = level.get().parent();
    }
    return missing;
  }

  private static OpenMailbox create(
      EntryChanges changes, OpenAccount account, List<MailboxName> names, String useOfLast) {
    OpenMailbox last = null;
    for (var name : names) {
      String use = name.equals(names.getLast()) ? useOfLast : "";
      last = account.create(changes.keys(), name, use, changes.timeMillis());
      changes.changed(last);
    }
    changes.changed(account);
    return last;
  }

  ShardAnswer delete(EntryChanges changes, OpenAccount account, ShardCommand.Delete command) {
    var name = command.name();
    if (name.isInbox()) {
      return new Refused(Refusal.NOT_PERMITTED);
    }
    var mailbox = account.mailbox(name);
    if (mailbox.isEmpty()) {
      return new Refused(Refusal.NO_SUCH_MAILBOX);
    }
    account.remove(changes.keys(), mailbox.get());
    changes.removed(mailbox.get());
    garbage.add(changes, account, mailbox.get(), command.keepSeconds());
    changes.tell(account, new MailboxChange.Deleted(mailbox.get().id()));
    return new Accepted();
  }

  ShardAnswer rename(EntryChanges changes, OpenAccount account, ShardCommand.Rename command) {
    var to = command.to();
    if (account.mailbox(to).isPresent()) {
      return new Refused(Refusal.MAILBOX_EXISTS);
    }
    if (command.from().isInbox()) {
      return emptyInbox(changes, account, to);
    }
    if (to.isInbox() || to.isBelow(command.from())) {
      return new Refused(Refusal.NOT_PERMITTED);
    }
    var moved = new ArrayList<OpenMailbox>(account.below(command.from()));
    account.mailbox(command.from()).ifPresent(moved::add);
    if (moved.isEmpty()) {
      return new Refused(Refusal.NO_SUCH_MAILBOX);
    }
    return rename(changes, account, command, moved);
  }

  private static ShardAnswer rename(
      EntryChanges changes,
      OpenAccount account,
      ShardCommand.Rename command,
      List<OpenMailbox> moved) {
    Map<OpenMailbox, MailboxName> names = new LinkedHashMap<>();
    var leaving = Set.copyOf(moved);
    for (var mailbox : moved) {
      var name = renamed(mailbox.name(), command);
      if (name.isEmpty()) {
        return new Refused(Refusal.NOT_PERMITTED);
      }
      var taken = account.mailbox(name.get());
      if (taken.isPresent() && !leaving.contains(taken.get())) {
        return new Refused(Refusal.MAILBOX_EXISTS);
      }
      names.put(mailbox, name.get());
    }
    account.rename(changes.keys(), names);
    moved.forEach(changes::changed);
    // RFC 9051 §6.3.6: levels above the new name come into being, as with CREATE.
    command
        .to()
        .parent()
        .map(parent -> missingLevels(account, parent))
        .filter(missing -> !missing.isEmpty())
        .ifPresent(missing -> create(changes, account, missing, ""));
    return new Accepted();
  }

  /** Empty when the new name is too long or too deep. */
  private static Optional<MailboxName> renamed(MailboxName name, ShardCommand.Rename command) {
    String tail = name.value().substring(command.from().value().length());
    try {
      return Optional.of(new MailboxName(command.to().value() + tail));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** RFC 9051 §6.3.6: INBOX stays, its messages go; what lies below it stays too. */
  private static ShardAnswer emptyInbox(EntryChanges changes, OpenAccount account, MailboxName to) {
    var missing = missingLevels(account, to);
    if (account.size() + missing.size() > OpenAccount.MAX_MAILBOXES) {
      return new Refused(Refusal.OVER_QUOTA);
    }
    var inbox = account.mailbox(MailboxName.INBOX).orElseThrow();
    var target = create(changes, account, missing, "");
    long lastUid = inbox.record().uidNext() - 1;
    var all = lastUid == 0 ? UidSet.EMPTY : UidSet.range(1, lastUid);
    var moved = MessageCommands.transfer(changes, account, inbox, target, all, Transfer.Kind.MOVE);
    return new ShardAnswer.InboxEmptied(lastUid, moved.resumeFrom());
  }

  ShardAnswer renumber(EntryChanges changes, OpenAccount account, ShardCommand.Renumber command) {
    var mailbox = account.mailbox(command.name());
    if (mailbox.isEmpty()) {
      return new Refused(Refusal.NO_SUCH_MAILBOX);
    }
    if (mailbox.get().record().uidNext() > 1) {
      return new Refused(Refusal.CONFLICT);
    }
    account.renumber(mailbox.get(), command.uidValidity());
    changes.changed(mailbox.get());
    changes.changed(account);
    return new Accepted();
  }

  ShardAnswer subscribe(EntryChanges changes, OpenAccount account, Subscribe command) {
    byte[] key = subscription(account, command.name());
    boolean present = changes.keys().get(key).isPresent();
    if (present == command.subscribed()) {
      return new Accepted();
    }
    if (command.subscribed()) {
      if (account.subscriptions() >= OpenAccount.MAX_SUBSCRIPTIONS) {
        return new Refused(Refusal.OVER_QUOTA);
      }
      changes.keys().put(key, NO_VALUE);
      account.subscribed(1);
    } else {
      changes.keys().delete(key);
      account.subscribed(-1);
    }
    changes.changed(account);
    return new Accepted();
  }

  ShardAnswer claimRecent(EntryChanges changes, OpenAccount account, long mailboxId) {
    var mailbox = account.mailbox(mailboxId);
    if (mailbox.isEmpty()) {
      return new Refused(Refusal.NO_SUCH_MAILBOX);
    }
    long recentFrom = mailbox.get().record().recentFrom();
    if (recentFrom < mailbox.get().record().uidNext()) {
      mailbox.get().claimRecent();
      changes.changed(mailbox.get());
    }
    return new ShardAnswer.RecentFrom(recentFrom);
  }

  private static byte[] subscription(OpenAccount account, MailboxName name) {
    return ShardKeys.named(ShardKeys.SUBSCRIPTION, account.key(), name.value());
  }
}
