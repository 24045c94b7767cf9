package org.malleposte.smtp;

import java.util.List;
import java.util.Objects;
import org.malleposte.config.Listener;
import org.malleposte.mail.Domain;

/**
 * How this node speaks SMTP.
 *
 * @param name greeting and {@code Received}; domain of a bare {@code postmaster}
 */
public record SmtpSettings(Domain name, List<Listener> listeners, Vrfy vrfy, SmtpLimits limits) {
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
    listeners = List.copyOf(listeners);
  }
}
