package org.malleposte.delivery;

import org.malleposte.mail.EnhancedStatus;

/** How an attempt at one target ended. Whether to try again follows from the type. */
public sealed interface DeliveryOutcome {
  /** Where a mail has come to, and who tells the sender, should he want to know (RFC 3461 §6). */
  enum Reach {
    /** Its mailbox. */
    MAILBOX,
    /** A host that does not report; what becomes of it is not known here. */
    OTHER_HOST,
    /** A host that has taken over the sender's wishes for reports. */
    REPORTING_HOST
  }

  /**
   * It is there, durably.
   *
   * @param detail for the log, such as the other host's reply
   */
  record Delivered(String detail, Reach reach) implements DeliveryOutcome {}

  /** Not now; try again later. */
  record Deferred(EnhancedStatus status, String text) implements DeliveryOutcome {}

  /** Never; tell the sender. */
  record Failed(EnhancedStatus status, String text) implements DeliveryOutcome {}
}
