package org.malleposte.delivery;

import org.malleposte.mail.EnhancedStatus;

/** How an attempt at one target ended. Whether to try again follows from the type. */
public sealed interface DeliveryOutcome {
  /**
   * It is there, durably.
   *
   * @param detail for the log, such as the other host's reply
   */
  record Delivered(String detail) implements DeliveryOutcome {}

  /** Not now; try again later. */
  record Deferred(EnhancedStatus status, String text) implements DeliveryOutcome {}

  /** Never; tell the sender. */
  record Failed(EnhancedStatus status, String text) implements DeliveryOutcome {}
}
