package org.malleposte.dovecot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What Dovecot knows: the settings of 2.3 with their defaults, and the names of 2.4's. Both are
 * resources beside this class.
 */
public final class DovecotNames {
  private static final Map<String, String> DEFAULTS = defaults();
  private static final Set<String> NAMES_24 =
      resource("names-2.4.txt")
          .lines()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());

  /** What plugins of Dovecot's own project add, and any value of which is theirs to explain. */
  private static final List<String> PLUGINS =
      List.of("sieve", "managesieve", "lda_sieve", "imap_sieve", "imapsieve");

  private DovecotNames() {}

  /** Whether there is a global setting, or one of any section, of this name. */
  public static boolean isKnown(String key) {
    return DEFAULTS.containsKey(key)
        || NAMES_24.contains(key)
        || PLUGINS.stream().anyMatch(key::startsWith);
  }

  /**
   * Whether a setting may be in a section.
   *
   * @param path the types of the sections, outermost first
   */
  public static boolean isKnown(List<String> path, String key) {
    if (path.contains("plugin") || key.startsWith("@") || key.contains("/")) {
      return true;
    }
    List<String> types = path.stream().filter(type -> !isFilter(type)).toList();
    if (types.isEmpty()) {
      return isKnown(key);
    }
    return DEFAULTS.containsKey(String.join("/", types) + "/" + key)
        || NAMES_24.contains(types.getLast() + "_" + key)
        || isKnown(key)
        || isOfList(types.getLast());
  }

  /** Whether there are sections of this type, or settings of 2.4 that are written as one. */
  public static boolean isSection(String type) {
    return isFilter(type)
        || type.equals("plugin")
        || NAMES_24.contains(type)
        || DEFAULTS.keySet().stream().anyMatch(path -> path.contains(type + "/"))
        || PLUGINS.stream().anyMatch(type::startsWith);
  }

  /** What counts when nobody sets it. */
  public static Optional<String> byDefault(String key) {
    return Optional.ofNullable(DEFAULTS.get(key));
  }

  /**
   * @param path the types of the sections, outermost first
   */
  public static Optional<String> byDefault(List<String> path, String key) {
    List<String> types = path.stream().filter(type -> !isFilter(type)).toList();
    return byDefault(types.isEmpty() ? key : String.join("/", types) + "/" + key);
  }

  /** All names that may stand at the top. */
  public static Set<String> globals() {
    var names = new TreeSet<String>(NAMES_24);
    DEFAULTS.keySet().stream().filter(path -> !path.contains("/")).forEach(names::add);
    return names;
  }

  private static boolean isFilter(String type) {
    return switch (type) {
      case "protocol", "local", "remote", "local_name" -> true;
      default -> false;
    };
  }

  /** In 2.4 a list may be written {@code mail_plugins { quota = yes }}. */
  private static boolean isOfList(String type) {
    return type.endsWith("plugins") || type.equals("protocols") || type.endsWith("fields");
  }

  private static Map<String, String> defaults() {
    var defaults = new HashMap<String, String>();
    DovecotFile file = DovecotReader.raw(resource("defaults-2.3.conf"));
    collect("", file.root(), defaults);
    return Map.copyOf(defaults);
  }

  private static void collect(String prefix, DovecotSection section, Map<String, String> defaults) {
    for (DovecotSetting setting : section.settings()) {
      String path = prefix + setting.key();
      defaults.put(path, setting.written());
    }
    for (DovecotSection inner : section.sections()) {
      // Sections of a kind differ in their defaults; the one called x has nothing of its own.
      collect(prefix + inner.type() + "/", inner, defaults);
      collect(prefix + inner + "/", inner, defaults);
    }
  }

  private static String resource(String name) {
    try (InputStream in = DovecotNames.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
