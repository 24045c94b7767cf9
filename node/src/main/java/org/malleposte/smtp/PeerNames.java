package org.malleposte.smtp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds the name of a peer's address. Thread-safe; never blocks. */
@FunctionalInterface
public interface PeerNames {
  /** For a node that does not ask DNS. */
  PeerNames NONE = _ -> CompletableFuture.completedFuture(Optional.empty());

  /**
   * @return the name that the address has and that has the address, within a time that a client
   *     waits for a greeting; empty when there is none or DNS does not answer; never fails
   */
  CompletableFuture<Optional<String>> verified(String address);
}
