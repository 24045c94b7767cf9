package org.malleposte.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.malleposte.config.Listener.Modifier;
import org.malleposte.config.Listener.Tls;
import org.malleposte.tables.DaemonOptions;

/** The listeners that {@code DAEMON_OPTIONS} ask for. */
final class SendmailListeners {
  private static final String EVERY_IPV4 = "0.0.0.0";
  private static final String EVERY_IPV6 = "::";

  private SendmailListeners() {}

  static List<Listener> of(List<DaemonOptions> daemons) {
    var listeners = new ArrayList<Listener>();
    for (DaemonOptions daemon : daemons) {
      Listener listener = listener(daemon);
      if (!listeners.contains(listener)) {
        listeners.add(listener);
      }
    }
    // A socket on :: takes IPv4 too, and leaves no room for another on the same port.
    listeners.removeIf(
        l ->
            l.host().equals(EVERY_IPV4)
                && listeners.stream()
                    .anyMatch(o -> o.host().equals(EVERY_IPV6) && o.port() == l.port()));
    return List.copyOf(listeners);
  }

  private static Listener listener(DaemonOptions daemon) {
    Set<Modifier> modifiers = Modifier.of(daemon);
    boolean implicit = daemon.has(DaemonOptions.Modifier.IMPLICIT_TLS);
    if (implicit) {
      modifiers.remove(Modifier.NO_STARTTLS);
    }
    return new Listener(
        daemon.listenAddress(),
        daemon.port(),
        implicit ? Tls.IMPLICIT : Tls.STARTTLS,
        // sendmail's A overrides its a.
        daemon.has(DaemonOptions.Modifier.REQUIRE_AUTH) && !modifiers.contains(Modifier.NO_AUTH),
        modifiers);
  }
}
