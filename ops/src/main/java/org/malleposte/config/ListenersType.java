package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.malleposte.config.Listener.Modifier;
import org.malleposte.config.Listener.Senders;
import org.malleposte.config.Listener.Tls;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A list of {@code {listen: host:port, tls: implicit, submission: true, senders: any, proxies:
 * [10.0.0.0/8], modify: AE}}.
 *
 * @param submissionAllowed only SMTP has it, and {@code modify}
 */
record ListenersType(boolean submissionAllowed) implements ValueType<List<Listener>> {
  static final int MAX_LISTENERS = 32;
  private static final String REMEDY = "write [{listen: 127.0.0.1:2525}]";
  private static final String PROXIES_REMEDY = "write [10.0.0.0/8, '2001:db8::1']";
  private static final ValueType<Senders> SENDERS = ScalarType.word(Senders.class);
  private static final String MODIFY_REMEDY =
      "write some of A (no AUTH), E (no ETRN), S (no STARTTLS)";
  private static final ValueType<Tls> TLS = ScalarType.word(Tls.class);

  @Override
  public List<Listener> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(node, "expected a list, found " + YamlNodes.kind(node), REMEDY);
    }
    if (sequence.getValue().size() > MAX_LISTENERS) {
      throw new BadValueException(
          node, sequence.getValue().size() + " listeners", "write at most " + MAX_LISTENERS);
    }
    var listeners = new ArrayList<Listener>();
    for (Node item : sequence.getValue()) {
      listeners.add(listener(item, base));
    }
    return List.copyOf(listeners);
  }

  @Override
  public String show(List<Listener> value) {
    return value.stream().map(this::showOne).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<Listener> value) {
    return value.stream().map(this::plainOne).toList();
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    return YamlNodes.list(text, REMEDY);
  }

  private Listener listener(Node item, Path base) throws BadValueException {
    if (!(item instanceof MappingNode mapping)) {
      throw new BadValueException(
          item, "expected {listen: ...}, found " + YamlNodes.kind(item), REMEDY);
    }
    HostPort address = null;
    Tls tls = Tls.STARTTLS;
    boolean submission = false;
    Senders senders = Senders.OWN;
    List<AddressBlock> proxies = List.of();
    Set<Modifier> modifiers = Set.of();
    for (NodeTuple part : mapping.getValue()) {
      String name = YamlNodes.text(part.getKeyNode(), "a key");
      Node value = part.getValueNode();
      switch (name) {
        case "listen" -> address = ScalarType.ADDRESS.parse(value, base);
        case "tls" -> tls = TLS.parse(value, base);
        case "submission" -> submission = submission(value, base);
        case "senders" -> senders = senders(value, base);
        case "proxies" -> proxies = proxies(value);
        case "modify" -> modifiers = modifiers(value);
        default -> throw unknown(part.getKeyNode(), name);
      }
    }
    if (address == null) {
      throw new BadValueException(item, "a listener without listen", REMEDY);
    }
    return new Listener(
        address.host(), address.port(), tls, submission, senders, proxies, modifiers);
  }

  private boolean submission(Node value, Path base) throws BadValueException {
    boolean submission = ScalarType.BOOLEAN.parse(value, base);
    if (submission && !submissionAllowed) {
      throw new BadValueException(value, "submission is for smtp only", "remove it");
    }
    return submission;
  }

  private Senders senders(Node value, Path base) throws BadValueException {
    if (!submissionAllowed) {
      throw new BadValueException(value, "senders is for smtp only", "remove it");
    }
    return SENDERS.parse(value, base);
  }

  private static List<AddressBlock> proxies(Node value) throws BadValueException {
    if (!(value instanceof SequenceNode sequence)) {
      throw new BadValueException(
          value, "expected a list, found " + YamlNodes.kind(value), PROXIES_REMEDY);
    }
    var blocks = new ArrayList<AddressBlock>();
    for (Node item : sequence.getValue()) {
      String text = YamlNodes.text(item, "an address");
      try {
        blocks.add(AddressBlock.parse(text));
      } catch (IllegalArgumentException e) {
        throw new BadValueException(item, text + " is no block of addresses", PROXIES_REMEDY);
      }
    }
    return blocks;
  }

  private Set<Modifier> modifiers(Node value) throws BadValueException {
    if (!submissionAllowed) {
      throw new BadValueException(value, "modify is for smtp only", "remove it");
    }
    Set<Modifier> modifiers = EnumSet.noneOf(Modifier.class);
    for (char letter : YamlNodes.text(value, "letters").toCharArray()) {
      modifiers.add(
          Modifier.of(letter)
              .orElseThrow(
                  () ->
                      new BadValueException(
                          value, "unknown letter " + letter + " in modify", MODIFY_REMEDY)));
    }
    return modifiers;
  }

  private BadValueException unknown(Node key, String name) {
    List<String> known =
        submissionAllowed
            ? List.of("listen", "tls", "submission", "senders", "proxies", "modify")
            : List.of("listen", "tls", "proxies");
    return new BadValueException(
        key, "unknown key " + name + " in a listener", Nearest.remedy(name, known));
  }

  private String showOne(Listener listener) {
    return plainOne(listener).entrySet().stream()
        .map(
            part ->
                part.getKey()
                    + ": "
                    + (part.getValue() instanceof String text
                        ? YamlNodes.quoted(text)
                        : part.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private Map<String, Object> plainOne(Listener listener) {
    var parts = new LinkedHashMap<String, Object>();
    parts.put("listen", listener.toString());
    if (listener.submission()) {
      parts.put("submission", true);
    }
    if (listener.tls() == Tls.IMPLICIT) {
      parts.put("tls", "implicit");
    }
    if (listener.senders() == Senders.ANY) {
      parts.put("senders", "any");
    }
    if (!listener.proxies().isEmpty()) {
      parts.put("proxies", listener.proxies().stream().map(AddressBlock::toString).toList());
    }
    if (!listener.modifiers().isEmpty()) {
      parts.put("modify", listener.letters());
    }
    return parts;
  }
}
