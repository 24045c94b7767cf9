package org.malleposte.smtp;

import java.util.List;
import java.util.Objects;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.config.Listener;
import org.malleposte.mail.Domain;

/**
 * How this node speaks SMTP.
 *
 * @param name greeting and {@code Received}; domain of a bare {@code postmaster}
 * @param sasl what AUTH offers
 */
public record SmtpSettings(
    Domain name, List<Listener> listeners, Vrfy vrfy, SmtpLimits limits, SaslMechanisms sasl) {
  /** What VRFY tells (RFC 5321 §7.3). */
  public enum Vrfy {
    /** 252: neither yes nor no. */
    VAGUE,
    /** 502. */
    REFUSED
  }

  public SmtpSettings {
    Objects.requireNonNull(name);
    Objects.requireNonNull(vrfy);
    Objects.requireNonNull(limits);
    Objects.requireNonNull(sasl);
    listeners = List.copyOf(listeners);
  }
}
