package org.malleposte.imap;

import java.util.Optional;
import org.malleposte.mailbox.MailboxName;

/** Mailbox names between wire and store. */
final class Mailboxes {
  private Mailboxes() {}

  /**
   * @param decoded from modified UTF-7; empty when no mailbox can have this name
   */
  static Optional<MailboxName> name(String decoded) {
    try {
      return Optional.of(new MailboxName(decoded));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String write(String name) {
    return ImapText.astring(ModifiedUtf7.encode(name));
  }
}
