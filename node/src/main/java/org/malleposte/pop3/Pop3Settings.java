package org.malleposte.pop3;

import java.util.List;
import java.util.Objects;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.config.Listener;

/**
 * How this node speaks POP3.
 *
 * @param greeting what clients are told first
 * @param sasl what AUTH offers
 */
public record Pop3Settings(
    String greeting, List<Listener> listeners, Pop3Limits limits, SaslMechanisms sasl) {
  public Pop3Settings {
    Objects.requireNonNull(greeting);
    Objects.requireNonNull(limits);
    Objects.requireNonNull(sasl);
    listeners = List.copyOf(listeners);
  }
}
