package org.malleposte.imap;

import org.malleposte.mailbox.Flags;

/** Flags as the client sees them: with {@code \Recent}, which the store does not have. */
final class FlagLines {
  private static final String SYSTEM = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

  private FlagLines() {}

  static String of(MailboxView view, long uid, Flags flags) {
    String names = flags.toString();
    if (!view.isRecent(uid)) {
      return names;
    }
    return names.isEmpty() ? "\\Recent" : names + " \\Recent";
  }

  /** The flags of the mailbox, again when a keyword is new (RFC 3501 §7.2.6). */
  static String announce(MailboxView view) {
    String flags =
        SYSTEM + (view.keywords().isEmpty() ? "" : " " + String.join(" ", view.keywords()));
    return "* FLAGS ("
        + flags
        + ")\r\n* OK [PERMANENTFLAGS ("
        + flags
        + " \\*)] Flags permitted\r\n";
  }

  static String announceReadOnly(MailboxView view) {
    String flags =
        SYSTEM + (view.keywords().isEmpty() ? "" : " " + String.join(" ", view.keywords()));
    return "* FLAGS (" + flags + ")\r\n* OK [PERMANENTFLAGS ()] Read-only mailbox\r\n";
  }
}
