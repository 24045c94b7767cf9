package org.malleposte.schedule;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;

/**
 * Tells senders what became of their mail. A report is a mail of our own, and is committed like any
 * other before the outcome says so.
 *
 * <p>Thread-safe; never blocks; futures never fail.
 */
public interface Bouncer {
  /** What has happened (RFC 3464 §2.3.3). */
  enum Action {
    FAILED,
    /** Not yet; it is still tried. */
    DELAYED,
    /** It is in its mailbox, or with a mailing list, whose owner answers for the rest. */
    DELIVERED,
    /** Another host has it, and that one does not report. */
    RELAYED
  }

  /** One target, and what has become of the mail there. */
  record Notice(Target target, Action action, EnhancedStatus status, String text) {}

  /** How telling the sender ended. */
  sealed interface BounceOutcome {
    /** The report is committed. */
    record Reported() implements BounceOutcome {}

    /** There is nobody to tell: the mail came from the null sender (RFC 5321 §4.5.5), say. */
    record NobodyToTell(String why) implements BounceOutcome {}

    /** The report could not be committed now; ask again, under the same report id. */
    record Later(String why) implements BounceOutcome {}
  }

  /**
   * Reports what has happened (RFC 3464). One report is about all targets that got the same id.
   *
   * @param report the id of the report; asked again, it is the same, and the report must not become
   *     two
   * @param body of the mail, stays the caller's, open until the future ends
   */
  CompletableFuture<BounceOutcome> tell(
      QueueId report, SpoolEntry entry, List<Notice> notices, MessageBody body);
}
