package org.malleposte.cluster;

import java.util.List;
import java.util.Optional;
import org.malleposte.link.NodeName;

/**
 * How a node finds its cluster.
 *
 * @param clusterName nodes of another name are another cluster
 * @param bindHost the address to listen on
 * @param publicHost the host that others use
 * @param port of Hazelcast; the event bus is on the next, Raft on the one after, the gate on the
 *     third
 * @param members {@code host:port} of the founders' Hazelcast; empty for a single node
 * @param dns a name that resolves to all members; their port is {@code port}
 */
public record ClusterSettings(
    NodeName self,
    String clusterName,
    String bindHost,
    String publicHost,
    int port,
    List<String> members,
    Optional<String> dns) {
  public ClusterSettings {
    members = List.copyOf(members);
  }

  public int eventBusPort() {
    return port + 1;
  }

  public int raftPort() {
    return port + 2;
  }

  public int gatePort() {
    return port + 3;
  }

  /** Whether there are others to look for. */
  public boolean isClustered() {
    return !members.isEmpty() || dns.isPresent();
  }
}
