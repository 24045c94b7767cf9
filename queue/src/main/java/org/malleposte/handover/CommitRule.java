package org.malleposte.handover;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/**
 * The one line after which we may say 250 (DESIGN §4.3): into the recipients' shards, or into this
 * node's spool and a copy on one other node.
 */
public interface CommitRule {
  /** How it ended. The body is the caller's again, who closes it. */
  sealed interface CommitOutcome {
    /** Say 250: synced on two nodes, or on as many as are alive. */
    record Committed(QueueId id) implements CommitOutcome {}

    /** Say {@code 452 4.3.1}: the disk is nearly full. */
    record NoSpace(String detail) implements CommitOutcome {}

    /**
     * Say {@code 550} and the status: the store refuses it for every recipient, as for a mailbox
     * that is over its quota. Nothing was kept. Refusing here spares the bounce.
     */
    record Refused(EnhancedStatus status, String text) implements CommitOutcome {}

    /** Say {@code 451 4.3.0}: it could not be made safe. The detail is for the log. */
    record NotSafe(String detail) implements CommitOutcome {}
  }

  /**
   * Commits a mail. Thread-safe; never blocks; the future never fails.
   *
   * @param id made at the end of DATA, also for the 250's text and {@code Received}
   * @param targets not empty, no two equal
   * @param body starts with our own trace header
   */
  CompletableFuture<CommitOutcome> commit(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body);

  /**
   * As {@link #commit}, but the mail stays in the queue, held, until the postmaster releases it.
   *
   * @param reason the postmaster's, from {@code access}
   */
  CompletableFuture<CommitOutcome> hold(
      QueueId id, Envelope envelope, List<Target> targets, MessageBody body, String reason);
}
