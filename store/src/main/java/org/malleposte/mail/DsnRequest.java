package org.malleposte.mail;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the sender wants to be told of a mail (RFC 3461), and in which words: it goes on to the next
 * host with the mail, and is obeyed where the mail ends.
 *
 * @param envelopeId ENVID as the client wrote it, in xtext
 * @param recipients by forward-path; who said nothing is not in it
 */
public record DsnRequest(
    Returned returned, Optional<String> envelopeId, Map<EmailAddress, OfRecipient> recipients) {
  /** How much of the mail a report of failure carries (RFC 3461 §4.3). */
  public enum Returned {
    UNSAID,
    FULL,
    HEADERS
  }

  /**
   * When to report (RFC 3461 §4.1); all false is {@code NEVER}.
   *
   * @param delay that it has not been delivered yet
   */
  public record Notify(boolean success, boolean failure, boolean delay) {
    public static final Notify NEVER = new Notify(false, false, false);

    /** What is done for a sender who says nothing. */
    public static final Notify UNSAID = new Notify(false, true, true);
  }

  /**
   * @param wishes NOTIFY, empty when the client did not say
   * @param original ORCPT as the client wrote it: {@code rfc822;xtext}
   */
  public record OfRecipient(Optional<Notify> wishes, Optional<String> original) {
    public static final OfRecipient NOTHING = new OfRecipient(Optional.empty(), Optional.empty());

    public OfRecipient {
      Objects.requireNonNull(wishes);
      Objects.requireNonNull(original);
    }
  }

  /** Nothing was said. */
  public static final DsnRequest NONE = new DsnRequest(Returned.UNSAID, Optional.empty(), Map.of());

  public DsnRequest {
    Objects.requireNonNull(returned);
    Objects.requireNonNull(envelopeId);
    recipients = Map.copyOf(recipients);
  }

  /** What was said of a forward-path. */
  public OfRecipient of(EmailAddress recipient) {
    return recipients.getOrDefault(recipient, OfRecipient.NOTHING);
  }

  /** When to report on it, with what holds for those who said nothing. */
  public Notify notifyOf(EmailAddress recipient) {
    return of(recipient).wishes().orElse(Notify.UNSAID);
  }
}
