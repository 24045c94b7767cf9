package org.malleposte.admin;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What an operator asks of this node as a member of the cluster. Thread-safe; never blocks. */
public interface ClusterOperations {
  CompletableFuture<ClusterStatus> status();

  /** This node, a secondary, is to deliver now, without waiting for {@code promote-after}. */
  CompletableFuture<AdminAnswer<String>> promote();

  /** Takes back {@link #promote}; a primary stops delivering until it is promoted or restarted. */
  CompletableFuture<AdminAnswer<String>> demote();

  /**
   * Reads tables, accounts and certificates again. The old ones stay in force, on all nodes, when
   * the new ones have mistakes on one.
   */
  CompletableFuture<AdminAnswer<Reloaded>> reload(ReloadScope scope);

  /** Where files are read again. */
  enum ReloadScope {
    /** On all nodes that are there, all or none. */
    CLUSTER,
    /** On this one. */
    NODE
  }

  /**
   * @param what was read again, a line each
   * @param warnings of the new tables
   */
  record Reloaded(List<String> what, List<String> warnings) {
    public Reloaded {
      what = List.copyOf(what);
      warnings = List.copyOf(warnings);
    }
  }
}
