package org.malleposte.config;

import java.nio.file.Path;
import org.yaml.snakeyaml.nodes.Node;

/** What the value of a key must look like, in YAML and back. */
interface ValueType<T> {
  /**
   * @param base against which relative paths are resolved
   */
  T parse(Node node, Path base) throws BadValueException;

  /** As YAML flow text that {@link #parse} would read again. */
  String show(T value);

  /** For {@code --json}: a String, Number, Boolean, or List or Map of such. */
  default Object plain(T value) {
    return show(value);
  }

  /** How an environment variable is read: as one scalar unless the type is a list. */
  default Node fromEnvironment(String text) throws BadValueException {
    return YamlNodes.scalar(text);
  }
}
