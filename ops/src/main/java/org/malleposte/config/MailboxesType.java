package org.malleposte.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.malleposte.config.SpecialMailbox.Auto;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A list of {@code {name: Sent, use: \Sent, auto: subscribe, expire-after: 30d}}. */
final class MailboxesType implements ValueType<List<SpecialMailbox>> {
  static final ValueType<List<SpecialMailbox>> MAILBOXES = new MailboxesType();

  static final int MAX_MAILBOXES = 100;
  private static final String REMEDY = "write [{name: Sent, use: \\Sent, auto: subscribe}]";
  private static final ValueType<Auto> AUTO = ScalarType.word(Auto.class);

  private MailboxesType() {}

  @Override
  public List<SpecialMailbox> parse(Node node, Path base) throws BadValueException {
    if (!(node instanceof SequenceNode sequence)) {
      throw new BadValueException(node, "expected a list, found " + YamlNodes.kind(node), REMEDY);
    }
    if (sequence.getValue().size() > MAX_MAILBOXES) {
      throw new BadValueException(node, "over " + MAX_MAILBOXES + " mailboxes", REMEDY);
    }
    var mailboxes = new ArrayList<SpecialMailbox>();
    for (Node item : sequence.getValue()) {
      SpecialMailbox mailbox = mailbox(item, base);
      if (mailboxes.stream().anyMatch(m -> m.name().equals(mailbox.name()))) {
        throw new BadValueException(
            item, mailbox.name() + " is in the list twice", "remove one of them");
      }
      mailboxes.add(mailbox);
    }
    return List.copyOf(mailboxes);
  }

  private static SpecialMailbox mailbox(Node item, Path base) throws BadValueException {
    if (!(item instanceof MappingNode mapping)) {
      throw new BadValueException(
          item, "expected {name: ...}, found " + YamlNodes.kind(item), REMEDY);
    }
    String name = "";
    Optional<String> use = Optional.empty();
    Auto auto = Auto.NO;
    Optional<Duration> expire = Optional.empty();
    for (NodeTuple part : mapping.getValue()) {
      String key = YamlNodes.text(part.getKeyNode(), "a key");
      Node value = part.getValueNode();
      switch (key) {
        case "name" -> name = YamlNodes.text(value, "a name");
        case "use" -> use = Optional.of(use(value));
        case "auto" -> auto = AUTO.parse(value, base);
        case "expire-after" -> expire = ScalarType.DURATION_OR_NEVER.parse(value, base);
        default ->
            throw new BadValueException(
                part.getKeyNode(),
                "unknown key " + key + " in a mailbox",
                Nearest.remedy(key, List.of("name", "use", "auto", "expire-after")));
      }
    }
    if (name.isEmpty()) {
      throw new BadValueException(item, "a mailbox without name", REMEDY);
    }
    return new SpecialMailbox(name, use, auto, expire);
  }

  private static String use(Node value) throws BadValueException {
    String text = YamlNodes.text(value, "a special use");
    return SpecialUses.of(text)
        .orElseThrow(
            () ->
                new BadValueException(
                    value,
                    "'" + text + "' is no special use",
                    "write one of " + String.join(", ", SpecialUses.ALL)));
  }

  @Override
  public String show(List<SpecialMailbox> value) {
    return value.stream()
        .map(
            mailbox ->
                plainOne(mailbox).entrySet().stream()
                    .map(part -> part.getKey() + ": " + YamlNodes.quoted(part.getValue()))
                    .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public Object plain(List<SpecialMailbox> value) {
    return value.stream().map(MailboxesType::plainOne).toList();
  }

  private static Map<String, String> plainOne(SpecialMailbox mailbox) {
    var parts = new LinkedHashMap<String, String>();
    parts.put("name", mailbox.name());
    mailbox.use().ifPresent(use -> parts.put("use", use));
    if (mailbox.auto() != Auto.NO) {
      parts.put("auto", AUTO.show(mailbox.auto()));
    }
    mailbox.expireAfter().ifPresent(time -> parts.put("expire-after", Quantities.show(time)));
    return parts;
  }

  @Override
  public Node fromEnvironment(String text) throws BadValueException {
    return YamlNodes.list(text, REMEDY);
  }
}
