package org.malleposte.spool;

import java.util.Objects;
import org.malleposte.link.NodeName;

/**
 * Who has a copy. The disk counts, not the machine: a node that comes back with another spool id
 * has lost its copies.
 */
public record Holder(NodeName node, String spoolId) {
  public Holder {
    Objects.requireNonNull(node);
    SpoolId.require(spoolId);
  }
}
