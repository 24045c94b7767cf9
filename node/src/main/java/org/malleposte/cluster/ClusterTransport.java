package org.malleposte.cluster;

import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;

/** Puts TLS, or none, on the links between nodes. */
public interface ClusterTransport {
  void secure(EventBusOptions options);

  void secure(NetServerOptions options);

  void secure(NetClientOptions options);

  /**
   * Nodes with another fingerprint cannot talk to this one: {@code plain}, {@code auto}, or the
   * CA's digest.
   */
  String fingerprint();
}
