package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A list of {@code host:port}; in the environment also {@code a:1,b:2} without brackets. */
final class AddressListType implements ValueType<List<HostPort>> {
  static final ValueType<List<HostPort>> ADDRESSES = new AddressListType();

  /** Cells are of some tens of nodes (DESIGN §10). */
  static final int MAX_ADDRESSES = 128;

  private AddressListType() {}

  @Override
  public List<HostPort> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(
          node,
          "expected a list, found " + YamlNodes.kind(node),
          "write [127.0.0.1:5701, 127.0.0.1:5711]");
    }
    if (sequence.getValue().size() > MAX_ADDRESSES) {
      throw new BadValueException(
          node,
          sequence.getValue().size() + " addresses",
          "name at most " + MAX_ADDRESSES + "; cluster.dns finds the others");
    }
    var addresses = new ArrayList<HostPort>();
    for (Node item : sequence.getValue()) {
      HostPort address = ScalarType.ADDRESS.parse(item, base);
      if (addresses.contains(address)) {
        throw new BadValueException(item, address + " is in the list twice", "remove one");
      }
      addresses.add(address);
    }
    return List.copyOf(addresses);
  }

  @Override
  public String show(List<HostPort> value) {
    return value.stream().map(ScalarType.ADDRESS::show).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<HostPort> value) {
    return value.stream().map(HostPort::toString).toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    // [::1]:25 begins with a bracket too, but a list ends with one.
    boolean list = text.startsWith("[") && text.endsWith("]");
    String items = list ? text.substring(1, text.length() - 1) : text;
    return YamlNodes.sequence(
        items.isBlank() ? List.of() : List.of(items.strip().split("\\s*,\\s*")));
  }
}
