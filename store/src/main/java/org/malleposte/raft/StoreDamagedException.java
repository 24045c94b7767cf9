package org.malleposte.raft;

/**
 * What is on this disk contradicts itself, so this node must not vote with it. The remedy is always
 * the same: move the store directory away; the node comes back as a new peer and is filled by the
 * others.
 */
public final class StoreDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoreDamagedException(String message) {
    super(message + "; move the store directory away, the other nodes will fill a new one");
  }
}
