package org.malleposte.tables;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where the tables of a node lie.
 *
 * @param directory {@code mail.tables}: access, local-host-names, relay-domains, virtusertable,
 *     sendmail.mc
 * @param aliases {@code mail.aliases}: the first file that has a name decides; 1 to {@link
 *     #MAX_ALIAS_FILES}
 */
public record TableSource(Path directory, List<Path> aliases) {
  /** sendmail's {@code MAXMAPSTACK}. */
  public static final int MAX_ALIAS_FILES = 12;

  public TableSource {
    Objects.requireNonNull(directory);
    aliases = List.copyOf(aliases);
    if (aliases.isEmpty() || aliases.size() > MAX_ALIAS_FILES) {
      throw new IllegalArgumentException(aliases.size() + " files of aliases");
    }
  }

  public TableSource(Path directory, Path aliases) {
    this(directory, List.of(aliases));
  }

  /** What evidence calls the files of aliases: by their name, or by the path where two have it. */
  Map<String, Path> aliasNames() {
    var names = new LinkedHashMap<String, Path>();
    for (Path path : aliases) {
      Path name = path.getFileName();
      if (name == null || names.putIfAbsent(name.toString(), path) != null) {
        names.put(path.toString(), path);
      }
    }
    return names;
  }

  /**
   * The path of a file of aliases, as reports have it.
   *
   * @param name as evidence calls it
   */
  public String aliasPath(String name) {
    return aliasNames().getOrDefault(name, aliases.getFirst()).toString();
  }
}
