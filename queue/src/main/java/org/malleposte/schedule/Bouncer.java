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
  /** One target, and why it has not had the mail. */
  record Trouble(Target target, EnhancedStatus status, String text) {}

  /** How telling the sender ended. */
  sealed interface BounceOutcome {
    /** The report is committed. */
    record Reported() implements BounceOutcome {}

    /** There is nobody to tell: the mail came from the null sender (RFC 5321 §4.5.5). */
    record NobodyToTell(String why) implements BounceOutcome {}

    /** The report could not be committed now; ask again, under the same report id. */
    record Later(String why) implements BounceOutcome {}
  }

  /**
   * Reports failed targets (RFC 3464, {@code Action: failed}).
   *
   * @param report the id of the report; asked again, it is the same, and the report must not become
   *     two
   * @param body of the mail, stays the caller's, open until the future ends
   */
  CompletableFuture<BounceOutcome> failed(
      QueueId report, SpoolEntry entry, List<Trouble> troubles, MessageBody body);

  /** Warns that targets are late but still tried (RFC 3464, {@code Action: delayed}). */
  CompletableFuture<BounceOutcome> delayed(
      QueueId report, SpoolEntry entry, List<Trouble> troubles, MessageBody body);
}
