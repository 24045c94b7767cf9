package org.malleposte.config;

import static org.malleposte.config.ConfigKeys.*;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.config.NodeConfig.Cluster;

/** No two things of a node may listen on one port. */
final class PortRules {
  private record Use(HostPort address, ConfigKey<?> key, String what) {
    boolean collidesWith(Use other) {
      return address.port() == other.address.port()
          && address.port() != 0
          && (address.host().equals(other.address.host())
              || address.isEveryAddress()
              || other.address.isEveryAddress());
    }
  }

  private PortRules() {}

  static void collisions(Settings settings, Findings findings) {
    List<Use> uses = uses(settings);
    for (int i = 0; i < uses.size(); i++) {
      for (int j = 0; j < i; j++) {
        Use earlier = uses.get(j);
        Use later = uses.get(i);
        if (later.collidesWith(earlier)) {
          findings.error(
              later.what()
                  + " and "
                  + earlier.what()
                  + " both listen on port "
                  + later.address().port(),
              "give one of them another port",
              later.key(),
              earlier.key());
        }
      }
    }
  }

  private static List<Use> uses(Settings settings) {
    var uses = new ArrayList<Use>();
    HostPort cluster = settings.get(CLUSTER_LISTEN);
    uses.add(new Use(cluster, CLUSTER_LISTEN, "cluster.listen"));
    uses.add(
        new Use(
            cluster.plus(Cluster.EVENT_BUS_OFFSET),
            CLUSTER_LISTEN,
            "the event bus (cluster.listen + 1)"));
    uses.add(
        new Use(
            cluster.plus(Cluster.RAFT_OFFSET), CLUSTER_LISTEN, "the store (cluster.listen + 2)"));
    uses.add(
        new Use(
            cluster.plus(Cluster.GATE_OFFSET), CLUSTER_LISTEN, "the gate (cluster.listen + 3)"));
    uses.add(new Use(settings.get(HTTP_LISTEN), HTTP_LISTEN, "http.listen"));
    for (ConfigKey<List<Listener>> key : List.of(SMTP, IMAP, POP3, MANAGESIEVE, LMTP)) {
      for (Listener listener : settings.get(key)) {
        uses.add(new Use(new HostPort(listener.host(), listener.port()), key, key.path()));
      }
    }
    return uses;
  }
}
