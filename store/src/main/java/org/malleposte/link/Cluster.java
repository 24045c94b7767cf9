package org.malleposte.link;

import java.util.function.Consumer;

/** The source of {@link ClusterView}s. Thread-safe; never blocks. */
public interface Cluster {
  ClusterView view();

  /** Calls {@code listener} with every new view, one at a time, in order; it must not block. */
  void onChange(Consumer<ClusterView> listener);
}
