package org.malleposte.bounce;

import java.time.Instant;
import java.util.List;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;

/**
 * A delivery status notification (RFC 3464) before it is written.
 *
 * @param id of the report itself
 * @param reporter the name of this node
 * @param to the sender of the mail that is reported on
 * @param about that mail
 * @param arrived when that mail was accepted
 * @param headers of that mail, for the third part
 */
record DsnMessage(
    QueueId id,
    String reporter,
    EmailAddress to,
    Action action,
    QueueId about,
    Instant arrived,
    Instant date,
    List<Recipient> recipients,
    byte[] headers) {
  /** RFC 3464 §2.3.3. */
  enum Action {
    FAILED,
    DELAYED
  }

  /**
   * @param original as the sender gave it
   * @param finalAddress where it led
   */
  record Recipient(
      EmailAddress original, EmailAddress finalAddress, EnhancedStatus status, String text) {}

  DsnMessage {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("a report about nobody");
    }
  }
}
