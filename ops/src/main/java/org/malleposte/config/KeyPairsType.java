package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.malleposte.config.NodeConfig.Tls.KeyPairFiles;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A list of {@code {certificate: a.pem, key: a.key}}. */
final class KeyPairsType implements ValueType<List<KeyPairFiles>> {
  static final ValueType<List<KeyPairFiles>> KEY_PAIRS = new KeyPairsType();

  static final int MAX_PAIRS = 1000;
  private static final String REMEDY = "write [{certificate: a.pem, key: a.key}]";

  private KeyPairsType() {}

  @Override
  public List<KeyPairFiles> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(node, "expected a list, found " + YamlNodes.kind(node), REMEDY);
    }
    if (sequence.getValue().size() > MAX_PAIRS) {
      throw new BadValueException(
          node, sequence.getValue().size() + " certificates", "name at most " + MAX_PAIRS);
    }
    var pairs = new ArrayList<KeyPairFiles>();
    for (Node item : sequence.getValue()) {
      pairs.add(pair(item, base));
    }
    return List.copyOf(pairs);
  }

  private static KeyPairFiles pair(Node item, Path base) throws BadValueException {
    if (!(item instanceof MappingNode mapping)) {
      throw new BadValueException(
          item, "expected {certificate: ..., key: ...}, found " + YamlNodes.kind(item), REMEDY);
    }
    Path certificate = null;
    Path key = null;
    for (NodeTuple part : mapping.getValue()) {
      String name = YamlNodes.text(part.getKeyNode(), "a key");
      switch (name) {
        case "certificate" -> certificate = PathType.PATH.parse(part.getValueNode(), base);
        case "key" -> key = PathType.PATH.parse(part.getValueNode(), base);
        default ->
            throw new BadValueException(
                part.getKeyNode(),
                "unknown key " + name + " in a certificate",
                Nearest.remedy(name, List.of("certificate", "key")));
      }
    }
    if (certificate == null || key == null) {
      throw new BadValueException(item, "a certificate and its key belong together", REMEDY);
    }
    return new KeyPairFiles(certificate, key);
  }

  @Override
  public String show(List<KeyPairFiles> value) {
    return value.stream()
        .map(
            pair ->
                "{certificate: "
                    + PathType.PATH.show(pair.certificate())
                    + ", key: "
                    + PathType.PATH.show(pair.key())
                    + "}")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<KeyPairFiles> value) {
    return value.stream()
        .map(
            pair ->
                Map.of("certificate", pair.certificate().toString(), "key", pair.key().toString()))
        .toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    return YamlNodes.list(text, REMEDY);
  }
}
