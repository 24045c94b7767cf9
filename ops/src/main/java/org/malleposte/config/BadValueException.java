package org.malleposte.config;

import java.util.Objects;
import org.yaml.snakeyaml.nodes.Node;

/** A value that its key cannot have. Caught by {@link ConfigLoader}, which knows the place. */
final class BadValueException extends Exception {
  private static final long serialVersionUID = 1;
  private final transient Node node;
  private final String remedy;

  BadValueException(Node node, String what, String remedy) {
    super(what);
    this.node = Objects.requireNonNull(node);
    this.remedy = remedy;
  }

  /** The line is this node's. */
  Node node() {
    return node;
  }

  String remedy() {
    return remedy;
  }
}
