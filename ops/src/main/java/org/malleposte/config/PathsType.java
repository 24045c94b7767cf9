package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.malleposte.tables.TableSource;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** One path, or a list of them; in the environment {@code a,b}. */
final class PathsType implements ValueType<List<Path>> {
  static final ValueType<List<Path>> PATHS = new PathsType();

  private static final int MAX_PATHS = TableSource.MAX_ALIAS_FILES;

  private PathsType() {}

  @Override
  public List<Path> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      return List.of(PathType.PATH.parse(node, base));
    }
    int count = sequence.getValue().size();
    if (count < 1 || count > MAX_PATHS) {
      throw new BadValueException(
          node, count + " paths", "name 1 to " + MAX_PATHS + ", such as [etc/aliases, etc/lists]");
    }
    var paths = new ArrayList<Path>();
    for (Node item : sequence.getValue()) {
      Path path = PathType.PATH.parse(item, base);
      if (paths.contains(path)) {
        throw new BadValueException(item, path + " is in the list twice", "remove one");
      }
      paths.add(path);
    }
    return List.copyOf(paths);
  }

  @Override
  public String show(List<Path> value) {
    return value.size() == 1
        ? PathType.PATH.show(value.getFirst())
        : value.stream().map(PathType.PATH::show).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<Path> value) {
    return value.size() == 1
        ? value.getFirst().toString()
        : value.stream().map(Path::toString).toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    boolean list = text.startsWith("[") && text.endsWith("]");
    String items = list ? text.substring(1, text.length() - 1) : text;
    return list || text.indexOf(',') >= 0
        ? YamlNodes.sequence(
            items.isBlank() ? List.of() : List.of(items.strip().split("\\s*,\\s*")))
        : YamlNodes.scalar(text);
  }
}
