package org.malleposte.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.yaml.snakeyaml.nodes.Node;

/** A file or directory; a relative one is relative to the configuration file. */
final class PathType implements ValueType<Path> {
  static final ValueType<Path> PATH = new PathType();

  private PathType() {}

  @Override
  public Path parse(Node node, Path base) throws BadValueException {
    String text = YamlNodes.text(node, "a path");
    if (text.isEmpty()) {
      throw new BadValueException(node, "an empty path", "write a path such as data/mx1");
    }
    try {
      return base.resolve(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new BadValueException(node, "not a path: " + e.getReason(), "write another path");
    }
  }

  @Override
  public String show(Path value) {
    return YamlNodes.quoted(value.toString());
  }

  @Override
  public Object plain(Path value) {
    return value.toString();
  }
}
