package org.malleposte.pop3;

import java.util.List;
import java.util.Objects;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.config.Listener;
import org.malleposte.config.UidlFormat;

/**
 * How this node speaks POP3.
 *
 * @param greeting what clients are told first
 * @param sasl what AUTH offers
 * @param uidl what a message is called for ever
 */
public record Pop3Settings(
    String greeting,
    List<Listener> listeners,
    Pop3Limits limits,
    SaslMechanisms sasl,
    UidlFormat uidl) {
  public Pop3Settings {
    Objects.requireNonNull(greeting);
    Objects.requireNonNull(limits);
    Objects.requireNonNull(uidl);
    Objects.requireNonNull(sasl);
    listeners = List.copyOf(listeners);
  }
}
