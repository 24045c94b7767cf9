package org.malleposte.smtp;

import java.util.Objects;
import java.util.OptionalLong;
import org.malleposte.mail.Envelope.BodyType;

/**
 * The parameters of MAIL.
 *
 * @param sizeBytes what the client says, of the message before dot-stuffing (RFC 1870 §6.1)
 * @param body RFC 6152 §3
 */
public record MailParameters(OptionalLong sizeBytes, BodyType body) {
  static final MailParameters NONE = new MailParameters(OptionalLong.empty(), BodyType.SEVEN_BIT);

  public MailParameters {
    Objects.requireNonNull(sizeBytes);
    Objects.requireNonNull(body);
  }
}
