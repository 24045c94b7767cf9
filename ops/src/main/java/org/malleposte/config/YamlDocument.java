package org.malleposte.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;

/** The values of a file by the path of their key. All mistakes are found, not only the first. */
final class YamlDocument {
  /** A value as it stands there, not yet checked against its key's type. */
  record RawValue(Node node, Origin origin) {}

  private final String file;
  private final Map<String, RawValue> values = new HashMap<>();
  private final Map<String, Integer> seen = new HashMap<>();
  private final List<ConfigProblem> problems = new ArrayList<>();

  private YamlDocument(String file) {
    this.file = file;
  }

  /**
   * @param file its name for problems
   */
  static YamlDocument read(String file, String text) {
    var document = new YamlDocument(file);
    try {
      Node root = YamlNodes.reader().compose(new StringReader(text));
      if (root != null && !YamlNodes.isEmpty(root)) {
        document.section("", root);
      }
    } catch (MarkedYAMLException e) {
      document.problems.add(document.syntax(e, text));
    } catch (YAMLException e) {
      document.problems.add(
          ConfigProblem.error(document.at(1), e.getMessage(), "write one plain YAML document"));
    }
    return document;
  }

  Map<String, RawValue> values() {
    return values;
  }

  List<ConfigProblem> problems() {
    return problems;
  }

  private void section(String path, Node node) {
    if (YamlNodes.isEmpty(node)) {
      return; // "queue:" with all its keys commented out.
    }
    if (!(node instanceof MappingNode mapping)) {
      problems.add(
          ConfigProblem.error(
              at(YamlNodes.line(node)),
              (path.isEmpty() ? "the file" : path) + " is " + YamlNodes.kind(node),
              "write keys below it: " + String.join(", ", ConfigKeys.within(path))));
      return;
    }
    for (NodeTuple part : mapping.getValue()) {
      key(path, part);
    }
  }

  private void key(String section, NodeTuple part) {
    Origin where = at(YamlNodes.line(part.getKeyNode()));
    String name;
    try {
      name = YamlNodes.text(part.getKeyNode(), "a key");
    } catch (BadValueException e) {
      problems.add(ConfigProblem.error(where, e.getMessage(), e.remedy()));
      return;
    }
    String path = section.isEmpty() ? name : section + "." + name;
    Integer before = seen.putIfAbsent(path, YamlNodes.line(part.getKeyNode()));
    if (before != null) {
      problems.add(
          ConfigProblem.error(where, path + " is already on line " + before, "remove one of them"));
    } else if (ConfigKeys.isSection(path)) {
      section(path, part.getValueNode());
    } else if (ConfigKeys.find(path).isPresent()) {
      value(path, part.getValueNode(), where);
    } else {
      problems.add(ConfigProblem.error(where, "unknown key " + path, remedy(section, path)));
    }
  }

  private void value(String path, Node node, Origin where) {
    if (YamlNodes.isEmpty(node)) {
      problems.add(
          ConfigProblem.error(
              where, path + " has no value", "give it one, or remove the line for the default"));
    } else {
      values.put(path, new RawValue(node, at(YamlNodes.line(node))));
    }
  }

  private static String remedy(String section, String path) {
    List<String> here = ConfigKeys.within(section);
    String name = path.substring(path.lastIndexOf('.') + 1);
    return Nearest.nearest(path, here)
        .or(() -> Nearest.nearest(path, ConfigKeys.paths()))
        .or(() -> ConfigKeys.paths().stream().filter(p -> p.endsWith("." + name)).findFirst())
        .map(guess -> "did you mean " + guess + "?")
        .orElseGet(() -> "remove it, or use one of " + String.join(", ", here));
  }

  private ConfigProblem syntax(MarkedYAMLException e, String text) {
    int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
    String what = "not YAML: " + oneLine(e.getProblem());
    List<String> lines = text.lines().toList();
    String source = line <= lines.size() ? lines.get(line - 1) : "";
    return ConfigProblem.error(at(line), what, syntaxRemedy(source));
  }

  private static String syntaxRemedy(String source) {
    if (source.indexOf('\t') >= 0) {
      return "indent with spaces, YAML does not allow tabs";
    }
    if (source.matches(".*:\\s*\\[[0-9a-fA-F:]*:[0-9a-fA-F:]*]:[0-9]+.*")) {
      return "put an IPv6 address in quotes: \"[::1]:25\"";
    }
    return "look at this line and the one above: indentation, colons, quotes, brackets";
  }

  private static String oneLine(String problem) {
    return problem == null ? "cannot be read" : problem.replaceAll("\\s+", " ").strip();
  }

  private Origin at(int line) {
    return new Origin.InFile(file, Math.max(1, line));
  }
}
