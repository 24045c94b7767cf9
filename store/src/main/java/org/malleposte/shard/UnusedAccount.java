package org.malleposte.shard;

import java.time.Instant;
import org.malleposte.mailbox.MailboxName;

/**
 * What an account is before anything was written to it: nothing on disk, and yet it has an INBOX,
 * and whoever reads that one sees the same UIDVALIDITY as after the first mail.
 *
 * <p>It is the second in which the store was founded. A mail program that knew an account of a
 * store that was lost and founded anew thus sees that its UIDs mean nothing any more (RFC 9051
 * §2.3.1.1).
 */
record UnusedAccount(long uidValidity) {
  static UnusedAccount of(Instant founded) {
    return new UnusedAccount(Math.clamp(founded.getEpochSecond(), 1, OpenAccount.MAX_UIDVALIDITY));
  }

  AccountRecord record() {
    return AccountRecord.unused(uidValidity);
  }

  MailboxRecord inbox() {
    return MailboxRecord.empty(MailboxName.INBOX, uidValidity, "");
  }
}
