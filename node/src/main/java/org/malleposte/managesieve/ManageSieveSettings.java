package org.malleposte.managesieve;

import java.util.List;
import java.util.Objects;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.config.Listener;

/**
 * How this node speaks ManageSieve.
 *
 * @param sasl what AUTHENTICATE offers
 */
public record ManageSieveSettings(
    List<Listener> listeners, ManageSieveLimits limits, SaslMechanisms sasl) {
  public ManageSieveSettings {
    Objects.requireNonNull(limits);
    Objects.requireNonNull(sasl);
    listeners = List.copyOf(listeners);
  }
}
