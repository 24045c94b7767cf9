package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A list of words of one kind.
 *
 * @param read throws IllegalArgumentException with what is wrong
 * @param remedy ends a problem's line
 */
record TextListType<T>(Function<String, T> read, Function<T, String> write, int max, String remedy)
    implements ValueType<List<T>> {
  static final ValueType<List<QuotaRule>> QUOTA_RULES =
      new TextListType<>(
          QuotaRule::parse,
          QuotaRule::toString,
          1000,
          "write [\"*:storage=1G\", \"Trash:storage=+10%\"]");

  @Override
  public List<T> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(node, "expected a list, found " + YamlNodes.kind(node), remedy);
    }
    if (sequence.getValue().size() > max) {
      throw new BadValueException(node, "over " + max + " in a list", remedy);
    }
    var items = new ArrayList<T>();
    for (Node item : sequence.getValue()) {
      try {
        items.add(read.apply(YamlNodes.text(item, "one value")));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new BadValueException(item, e.getMessage(), remedy);
      }
    }
    return List.copyOf(items);
  }

  @Override
  public String show(List<T> value) {
    return value.stream()
        .map(item -> YamlNodes.quoted(write.apply(item)))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<T> value) {
    return value.stream().map(write).toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    return YamlNodes.list(text, remedy);
  }
}
