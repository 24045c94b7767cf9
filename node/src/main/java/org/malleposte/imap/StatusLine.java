package org.malleposte.imap;

import java.util.Set;
import java.util.StringJoiner;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.UidSet;

/** The response of STATUS (RFC 3501 §7.2.4). */
record StatusLine(MailboxInfo info, long recent, long deletedBytes) {
  /** Blocks on disk when there are messages to count. */
  static StatusLine read(
      MailboxStore store, AccountName account, MailboxInfo info, Set<StatusItem> items) {
    return new StatusLine(
        info,
        items.contains(StatusItem.RECENT) ? recent(store, account, info) : 0,
        items.contains(StatusItem.DELETED_STORAGE) ? deletedBytes(store, account, info) : 0);
  }

  private static long recent(MailboxStore store, AccountName account, MailboxInfo info) {
    if (info.recentFrom() >= info.uidNext()) {
      return 0;
    }
    var count = new long[1];
    UidSet recent = UidSet.range(info.recentFrom(), info.uidNext());
    store.messages(account, info.id(), recent, message -> count[0]++);
    return count[0];
  }

  /** The store knows how many, not how large: they are few, but all must be looked at. */
  private static long deletedBytes(MailboxStore store, AccountName account, MailboxInfo info) {
    if (info.deleted() == 0) {
      return 0;
    }
    var bytes = new long[1];
    store.messages(
        account,
        info.id(),
        UidSet.range(1, info.uidNext()),
        message -> bytes[0] += message.flags().has(Flags.DELETED) ? message.sizeBytes() : 0);
    return bytes[0];
  }

  String write(Set<StatusItem> items, ImapSettings settings) {
    var values = new StringJoiner(" ");
    for (var item : StatusItem.values()) {
      if (items.contains(item)) {
        values.add(item.word() + " " + value(item, settings));
      }
    }
    String name = Mailboxes.write(info.name().value());
    return "* STATUS " + name + " (" + values + ")\r\n";
  }

  private Object value(StatusItem item, ImapSettings settings) {
    return switch (item) {
      case MESSAGES -> info.messages();
      case RECENT -> recent;
      case UIDNEXT -> info.uidNext();
      case UIDVALIDITY -> info.uidValidity();
      case UNSEEN -> info.unseen();
      case APPENDLIMIT -> settings.appendMaxBytes();
      case HIGHESTMODSEQ -> info.highestModSeq();
      case MAILBOXID -> "(" + ObjectIds.mailbox(info) + ")";
      case SIZE -> info.sizeBytes();
      case DELETED -> info.deleted();
      case DELETED_STORAGE -> deletedBytes;
    };
  }
}
