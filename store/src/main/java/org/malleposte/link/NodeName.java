package org.malleposte.link;

import java.util.Locale;

/**
 * The name of a node ({@code node.name}), lower case, unique in the cluster, kept when its disk is
 * replaced.
 */
public record NodeName(String value) implements Comparable<NodeName> {
  public NodeName {
    if (value.isEmpty() || value.length() > 255 || !value.equals(value.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "node name must be lower case, 1 to 255 characters: " + value);
    }
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
