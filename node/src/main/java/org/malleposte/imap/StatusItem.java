package org.malleposte.imap;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What STATUS tells (RFC 3501 §6.3.10, RFC 7162 §3.1.7, RFC 7889 §3, RFC 8438, RFC 8474 §4.3, RFC
 * 9208 §4.1.4).
 */
enum StatusItem {
  MESSAGES,
  RECENT,
  UIDNEXT,
  UIDVALIDITY,
  UNSEEN,
  APPENDLIMIT,
  HIGHESTMODSEQ,
  MAILBOXID,
  SIZE,
  DELETED,
  /** Octets. */
  DELETED_STORAGE;

  /** As it is written. */
  String word() {
    return name().replace('_', '-');
  }

  /**
   * A list of them. Items that we do not know are refused: the client would wait for their answer.
   */
  static Set<StatusItem> parse(CommandCursor cursor) throws ImapSyntaxException {
    var items = EnumSet.noneOf(StatusItem.class);
    for (String name : cursor.list(values().length * 2, cursor::atom)) {
      items.add(of(name.toUpperCase(Locale.ROOT)));
    }
    if (items.isEmpty()) {
      throw new ImapSyntaxException("No STATUS items");
    }
    return items;
  }

  private static StatusItem of(String word) throws ImapSyntaxException {
    for (var item : values()) {
      if (item.word().equals(word)) {
        return item;
      }
    }
    throw new ImapSyntaxException("Unknown STATUS item");
  }
}
