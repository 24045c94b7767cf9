package org.malleposte.config;

import java.io.StringReader;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** SnakeYAML's nodes: what the loader needs of them. */
final class YamlNodes {
  /** A configuration is pages, not megabytes. */
  static final int MAX_CODE_POINTS = 1 << 20;

  private YamlNodes() {}

  /** A new one each time: SnakeYAML's are not thread-safe. */
  static Yaml reader() {
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_CODE_POINTS);
    return new Yaml(options);
  }

  static Node scalar(String text) {
    return new ScalarNode(Tag.STR, text, null, null, ScalarStyle.PLAIN);
  }

  static Node read(String text) {
    Node node = reader().compose(new StringReader(text));
    return node == null ? scalar("") : node;
  }

  static Node sequence(List<String> items) {
    return new SequenceNode(
        Tag.SEQ, items.stream().map(YamlNodes::scalar).toList(), FlowStyle.FLOW);
  }

  /** A list as an environment variable has it: YAML flow text, blank for an empty one. */
  static Node list(String text, String remedy) throws BadValueException {
    if (text.isBlank()) {
      return sequence(List.of());
    }
    try {
      return read(text);
    } catch (YAMLException e) {
      throw new BadValueException(scalar(text), "'" + text + "' is not YAML flow text", remedy);
    }
  }

  static int line(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }

  /** Whether a key has nothing after its colon. */
  static boolean isEmpty(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getValue().isEmpty()
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && Tag.NULL.equals(scalar.getTag());
  }

  static String text(Node node, String example) throws BadValueException {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw new BadValueException(
        node, "expected one value, found " + kind(node), "write " + example);
  }

  static String kind(Node node) {
    return switch (node) {
      case SequenceNode _ -> "a list";
      case MappingNode _ -> "a group of keys";
      default -> "one value";
    };
  }

  /** A YAML scalar that reads as {@code text} again. */
  static String quoted(String text) {
    boolean plain =
        text.matches("[A-Za-z0-9/._][A-Za-z0-9/._@+-]*(:[0-9]+)?")
            && !text.matches("(?i)null|true|false|yes|no|on|off");
    return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
