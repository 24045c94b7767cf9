package org.malleposte.raft;

/** The configuration says another store than the disk, or the cluster, holds. */
public final class StoreMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoreMismatchException(String message) {
    super(message + "; correct the configuration of this node");
  }
}
