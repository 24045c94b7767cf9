package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A list of mechanisms, by their names in any case; in the environment also without brackets. */
final class MechanismsType implements ValueType<List<LoginMechanism>> {
  private static final String REMEDY =
      "write some of "
          + Arrays.stream(LoginMechanism.values())
              .map(MechanismsType::word)
              .collect(Collectors.joining(", "));

  @Override
  public List<LoginMechanism> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(
          node,
          "expected a list, found " + YamlNodes.kind(node),
          "write [plain, login, scram-sha-256]");
    }
    var mechanisms = new ArrayList<LoginMechanism>();
    for (Node item : sequence.getValue()) {
      String name = YamlNodes.text(item, "a mechanism");
      var mechanism = LoginMechanism.named(name);
      if (mechanism.isEmpty()) {
        throw new BadValueException(item, "there is no mechanism '" + name + "' here", REMEDY);
      }
      if (mechanisms.contains(mechanism.get())) {
        throw new BadValueException(item, name + " is in the list twice", "remove one");
      }
      mechanisms.add(mechanism.get());
    }
    return List.copyOf(mechanisms);
  }

  @Override
  public String show(List<LoginMechanism> value) {
    return value.stream().map(MechanismsType::word).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<LoginMechanism> value) {
    return value.stream().map(MechanismsType::word).toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    boolean list = text.startsWith("[") && text.endsWith("]");
    String items = list ? text.substring(1, text.length() - 1) : text;
    return YamlNodes.sequence(
        items.isBlank() ? List.of() : List.of(items.strip().split("\\s*[,\\s]\\s*")));
  }

  private static String word(LoginMechanism mechanism) {
    return mechanism.registered().toLowerCase(Locale.ROOT);
  }
}
