package org.malleposte.imap;

import java.util.Set;
import java.util.StringJoiner;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.UidSet;

/** The response of STATUS (RFC 3501 §7.2.4). */
record StatusLine(MailboxInfo info, long recent) {
  /** Blocks on disk when there are recent messages to count. */
  static StatusLine read(MailboxStore store, AccountName account, MailboxInfo info) {
    if (info.recentFrom() >= info.uidNext()) {
      return new StatusLine(info, 0);
    }
    var count = new long[1];
    UidSet recent = UidSet.range(info.recentFrom(), info.uidNext());
    store.messages(account, info.id(), recent, message -> count[0]++);
    return new StatusLine(info, count[0]);
  }

  String write(Set<StatusItem> items, ImapSettings settings) {
    var values = new StringJoiner(" ");
    for (var item : StatusItem.values()) {
      if (items.contains(item)) {
        values.add(item + " " + value(item, settings));
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
    };
  }
}
