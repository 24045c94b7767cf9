package org.malleposte.mailbox;

/** What happened to a mailbox, as applied on this node. */
public sealed interface MailboxChange {
  long mailboxId();

  record Appended(long mailboxId, long uid, long modSeq) implements MailboxChange {}

  record FlagsChanged(long mailboxId, long uid, long modSeq, Flags flags)
      implements MailboxChange {}

  record Expunged(long mailboxId, UidSet uids, long modSeq) implements MailboxChange {}

  /** The mailbox is gone; a session that has it selected must be closed or deselected. */
  record Deleted(long mailboxId) implements MailboxChange {}

  /**
   * The replica was replaced by a snapshot, so single changes are not known: compare with a fresh
   * read.
   */
  record Unknown(long mailboxId) implements MailboxChange {}
}
