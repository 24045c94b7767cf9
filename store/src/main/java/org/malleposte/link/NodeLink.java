package org.malleposte.link;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Requests between nodes. A wire, not a promise: a request may be lost, its answer may be lost,
 * either may come late; whoever sends must be able to send again.
 *
 * <p>Thread-safe. Never blocks.
 */
public interface NodeLink {
  /** A payload over this is a bug of the caller: cut it into parts. */
  int MAX_PAYLOAD_BYTES = 4 << 20;

  /** Answers requests. Must not block: hand work over and complete the future. */
  @FunctionalInterface
  interface Service {
    /** A future that fails makes the requester's future fail with a {@link LinkException}. */
    CompletableFuture<byte[]> handle(NodeName from, byte[] request);
  }

  NodeName self();

  /**
   * Sends to the service of that name on that node; {@code self()} is allowed.
   *
   * @return the answer, or fails with {@link LinkException}: no such node, time-out, the service
   *     failed
   */
  CompletableFuture<byte[]> request(NodeName to, String service, byte[] payload, Duration timeout);

  /** Offers a service on this node under a name of its own. */
  void serve(String service, Service handler);
}
