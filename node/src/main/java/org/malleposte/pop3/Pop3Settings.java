package org.malleposte.pop3;

import java.util.List;
import java.util.Objects;
import org.malleposte.config.Listener;

/**
 * How this node speaks POP3.
 *
 * @param name in the greeting
 */
public record Pop3Settings(String name, List<Listener> listeners, Pop3Limits limits) {
  public Pop3Settings {
    Objects.requireNonNull(name);
    Objects.requireNonNull(limits);
    listeners = List.copyOf(listeners);
  }
}
