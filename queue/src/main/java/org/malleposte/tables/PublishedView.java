package org.malleposte.tables;

import java.util.List;

/** What a node knows of the tables that primaries have published. */
public sealed interface PublishedView {
  /** A primary, or a node without a cluster: its own tables say all. */
  record Unneeded() implements PublishedView {}

  /** A secondary to which no primary has ever published. */
  record Awaited() implements PublishedView {}

  /** A secondary with the tables of one primary or more, in the order of their names. */
  record Known(List<PublishedTables> primaries) implements PublishedView {
    public Known {
      primaries = List.copyOf(primaries);
      if (primaries.isEmpty()) {
        throw new IllegalArgumentException("nothing is known");
      }
    }
  }
}
