package org.malleposte.bounce;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.QueueId;
import org.malleposte.schedule.Bouncer.Action;

/**
 * A delivery status notification (RFC 3464) before it is written.
 *
 * @param id of the report itself
 * @param reporter the name of this node
 * @param to the sender of the mail that is reported on
 * @param about that mail
 * @param envelopeId of that mail, if its sender gave one (RFC 3464 §2.2.1)
 * @param arrived when that mail was accepted
 * @param international the mail came with SMTPUTF8, so the report may be in UTF-8 (RFC 6533)
 */
record DsnMessage(
    QueueId id,
    String reporter,
    EmailAddress to,
    QueueId about,
    Optional<String> envelopeId,
    Instant arrived,
    Instant date,
    List<Recipient> recipients,
    Returned returned,
    boolean international) {
  /** The third part. */
  sealed interface Returned {
    byte[] bytes();

    record Header(byte[] bytes) implements Returned {}

    record Mail(byte[] bytes) implements Returned {}
  }

  /**
   * @param original as the sender gave it to us
   * @param originally as the first sender gave it, if he said: {@code rfc822;xtext}
   * @param finalAddress where it led
   */
  record Recipient(
      EmailAddress original,
      Optional<String> originally,
      EmailAddress finalAddress,
      Action action,
      EnhancedStatus status,
      String text) {}

  DsnMessage {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("a report about nobody");
    }
  }

  /** Those with this outcome. */
  List<Recipient> with(Action action) {
    return recipients.stream().filter(recipient -> recipient.action() == action).toList();
  }
}
