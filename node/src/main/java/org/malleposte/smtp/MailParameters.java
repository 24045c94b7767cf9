package org.malleposte.smtp;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.malleposte.mail.DsnRequest.Returned;
import org.malleposte.mail.Envelope.BodyType;

/**
 * The parameters of MAIL.
 *
 * @param sizeBytes what the client says, of the message before dot-stuffing (RFC 1870 §6.1)
 * @param body RFC 6152 §3, RFC 3030 §3
 * @param smtpUtf8 RFC 6531 §3.4
 * @param returned RET, RFC 3461 §4.3
 * @param envelopeId ENVID in xtext, RFC 3461 §4.4
 */
public record MailParameters(
    OptionalLong sizeBytes,
    BodyType body,
    boolean smtpUtf8,
    Returned returned,
    Optional<String> envelopeId) {
  static final MailParameters NONE =
      new MailParameters(
          OptionalLong.empty(), BodyType.SEVEN_BIT, false, Returned.UNSAID, Optional.empty());

  public MailParameters {
    Objects.requireNonNull(sizeBytes);
    Objects.requireNonNull(body);
    Objects.requireNonNull(returned);
    Objects.requireNonNull(envelopeId);
  }

  /** Whether there is anything of RFC 3461 in it. */
  boolean asksForReports() {
    return returned != Returned.UNSAID || envelopeId.isPresent();
  }

  /** A report must not hold the whole mail. */
  MailParameters headersOnly() {
    return returned == Returned.FULL
        ? new MailParameters(sizeBytes, body, smtpUtf8, Returned.HEADERS, envelopeId)
        : this;
  }
}
