package org.malleposte.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.tables.McDirective;

/** Every key with the value in force, as YAML that the loader reads again, or for JSON. */
public final class EffectiveConfig {
  private static final int COMMENT_COLUMN = 48;
  private final Settings settings;
  private final List<DovecotNote> dovecot;

  /**
   * @param dovecot what became of each line of {@code dovecot.conf}
   */
  EffectiveConfig(Settings settings, List<DovecotNote> dovecot) {
    this.settings = settings;
    this.dovecot = List.copyOf(dovecot);
  }

  /** The file as it would be with all defaults written out; a comment says where each is from. */
  public String toYaml() {
    var text = new StringBuilder();
    String section = "";
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      section = openSection(text, section, key.section());
      String indent = "  ".repeat(depth(key.section()));
      var line = new StringBuilder(indent + key.name() + ": " + show(key));
      line.append(" ".repeat(Math.max(1, COMMENT_COLUMN - line.length())));
      text.append(line).append(" # ").append(settings.origin(key)).append('\n');
    }
    return text.toString();
  }

  /** Sections are maps; values are what JSON has. */
  public Map<String, Object> toMap() {
    var root = new LinkedHashMap<String, Object>();
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      Map<String, Object> here = root;
      if (!key.section().isEmpty()) {
        for (String step : key.section().split("\\.")) {
          here = child(here, step);
        }
      }
      here.put(key.name(), plain(key));
    }
    return root;
  }

  /** What became of each line of {@code dovecot.conf} and of what it includes. */
  public List<DovecotNote> dovecot() {
    return dovecot;
  }

  /**
   * Where the value of a key is from.
   *
   * @throws java.util.NoSuchElementException when there is no such key
   */
  public Origin origin(String path) {
    return ConfigKeys.ALL.stream()
        .filter(key -> key.path().equals(path))
        .findFirst()
        .map(settings::origin)
        .orElseThrow();
  }

  /**
   * What makes a directive of {@code sendmail.mc} without effect: where the key that it sets is set
   * instead.
   */
  public Optional<String> overruled(McDirective directive) {
    return SendmailKeys.key(directive)
        .filter(
            key ->
                switch (settings.origin(key)) {
                  case Origin.InFile(var file, _) -> !file.endsWith("sendmail.mc");
                  case Origin.InEnvironment _ -> true;
                  case Origin.ByDefault _ -> false;
                })
        .map(key -> key.path() + " of " + settings.origin(key));
  }

  private static String openSection(StringBuilder text, String before, String section) {
    if (section.equals(before) || section.isEmpty()) {
      return section;
    }
    int depth = 0;
    var path = new StringBuilder();
    for (String step : section.split("\\.")) {
      path.append(depth == 0 ? "" : ".").append(step);
      boolean open = before.equals(path.toString()) || before.startsWith(path + ".");
      if (!open) {
        text.append("  ".repeat(depth)).append(step).append(":\n");
      }
      depth++;
    }
    return section;
  }

  private static int depth(String section) {
    return section.isEmpty() ? 0 : section.split("\\.").length;
  }

  @SuppressWarnings("unchecked") // Only this method puts maps in.
  private static Map<String, Object> child(Map<String, Object> parent, String name) {
    return (Map<String, Object>)
        parent.computeIfAbsent(name, _ -> new LinkedHashMap<String, Object>());
  }

  private <T> String show(ConfigKey<T> key) {
    return key.type().show(settings.get(key));
  }

  private <T> Object plain(ConfigKey<T> key) {
    return key.type().plain(settings.get(key));
  }
}
