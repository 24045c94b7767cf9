package org.malleposte.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.dovecot.DovecotReader;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/**
 * Notices that {@code dovecot.conf} says something else than at the start; only a new start makes
 * it count. Thread-safe. Blocks.
 */
public final class DovecotChanges {
  private final Path file;
  private final Map<String, DovecotSetting> atStart;

  /**
   * @param directory {@code mail.dovecot}
   */
  public DovecotChanges(Path directory) {
    file = directory.resolve("dovecot.conf");
    atStart = read();
  }

  /** A line for each setting that is different, with its place. */
  public List<String> needRestart() {
    Map<String, DovecotSetting> now = read();
    var changed = new ArrayList<String>();
    now.forEach(
        (path, setting) -> {
          DovecotSetting before = atStart.get(path);
          if (before == null || !before.written().equals(setting.written())) {
            changed.add(warning(setting, "has changed"));
          }
        });
    atStart.forEach(
        (path, setting) -> {
          if (!now.containsKey(path)) {
            changed.add(warning(setting, "is gone"));
          }
        });
    return changed;
  }

  private static String warning(DovecotSetting setting, String what) {
    return setting.place()
        + ": warning: "
        + setting.key()
        + " "
        + what
        + ", restart to make it count";
  }

  private Map<String, DovecotSetting> read() {
    var settings = new LinkedHashMap<String, DovecotSetting>();
    if (Files.exists(file)) {
      collect("", DovecotReader.read(file).root(), settings);
    }
    return settings;
  }

  private static void collect(
      String prefix, DovecotSection section, Map<String, DovecotSetting> settings) {
    section.settings().forEach(s -> settings.put(prefix + s.key(), s));
    int number = 0;
    for (DovecotSection inner : section.sections()) {
      // Several of a type without a name are told apart by their order.
      String name = inner.name().isEmpty() ? inner.type() + "#" + number++ : inner.toString();
      collect(prefix + name + "/", inner, settings);
    }
  }
}
