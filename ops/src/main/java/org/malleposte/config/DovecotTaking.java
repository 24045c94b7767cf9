package org.malleposte.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.malleposte.config.YamlDocument.RawValue;
import org.malleposte.dovecot.DovecotFile;
import org.malleposte.dovecot.DovecotPlace;
import org.malleposte.dovecot.DovecotSetting;

/** What has been made of a {@code dovecot.conf} so far. One use. */
final class DovecotTaking {
  private static final int SHOWN_CHARACTERS = 200;

  private final DovecotFile file;
  private final Function<String, Optional<Origin>> given;
  private final List<ConfigProblem> problems;
  private final Map<String, RawValue> values = new HashMap<>();
  private final List<DovecotNote> notes = new ArrayList<>();
  private final Set<DovecotSetting> explained = new HashSet<>();

  /**
   * @param given where a key, by its path, is set elsewhere, which wins
   */
  DovecotTaking(
      DovecotFile file, Function<String, Optional<Origin>> given, List<ConfigProblem> problems) {
    this.file = file;
    this.given = given;
    this.problems = problems;
  }

  DovecotFile file() {
    return file;
  }

  Map<String, RawValue> values() {
    return values;
  }

  /** In the order of the files and lines. */
  List<DovecotNote> notes() {
    return List.copyOf(notes);
  }

  boolean isExplained(DovecotSetting setting) {
    return explained.contains(setting);
  }

  boolean isGiven(ConfigKey<?> key) {
    return given.apply(key.path()).isPresent();
  }

  /** The first of some names, of which a later version has another one, that is there. */
  Optional<DovecotSetting> global(String... names) {
    for (String name : names) {
      Optional<DovecotSetting> found = file.root().setting(name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The setting is this key's value, unless that is set elsewhere. */
  void take(ConfigKey<?> key, String text, DovecotSetting by) {
    Optional<Origin> elsewhere = given.apply(key.path());
    if (elsewhere.isPresent()) {
      note(by, false, "overruled by " + key.path() + " of " + elsewhere.get());
      return;
    }
    put(key, text, by.place(), by.key());
    note(by, true, "sets " + key.path());
  }

  /** A key's value from several lines, which are noted elsewhere. */
  void put(ConfigKey<?> key, String text, DovecotPlace place, String name) {
    if (isGiven(key)) {
      return;
    }
    try {
      var node = key.type().fromEnvironment(text);
      key.type().parse(node, java.nio.file.Path.of("/"));
      values.put(key.path(), new RawValue(node, at(place)));
    } catch (BadValueException e) {
      problems.add(ConfigProblem.error(at(place), name + ": " + e.getMessage(), e.remedy()));
    }
  }

  /** Says that lines count for a key, or what does instead. */
  void noteAs(ConfigKey<?> key, DovecotSetting by) {
    note(
        by,
        !isGiven(key),
        given
            .apply(key.path())
            .map(origin -> "overruled by " + key.path() + " of " + origin)
            .orElse("sets " + key.path()));
  }

  void note(DovecotSetting setting, boolean isTaken, String what) {
    if (explained.add(setting)) {
      notes.add(new DovecotNote(setting.place(), shown(setting), isTaken, what));
    }
  }

  /** It has no effect here. */
  void warn(DovecotSetting setting, String what, String remedy) {
    if (!explained.contains(setting)) {
      note(setting, false, "no effect: " + what);
      warn(setting.place(), setting.key() + ": " + what, remedy);
    }
  }

  void warn(DovecotPlace place, String what, String remedy) {
    problems.add(ConfigProblem.warning(at(place), what, remedy));
  }

  /** Dovecot would not start with it. */
  void refuse(DovecotSetting setting, String what, String remedy) {
    note(setting, false, what);
    problems.add(ConfigProblem.error(at(setting.place()), setting.key() + ": " + what, remedy));
  }

  static Origin at(DovecotPlace place) {
    return new Origin.InFile(place.file(), place.line());
  }

  private static String shown(DovecotSetting setting) {
    boolean secret =
        setting.key().matches(".*(pass|password|secret|key|nonce)$")
            || setting.value().matches(".*(pass|password|secret)=.*");
    String value = secret && !setting.isFile() ? "(hidden)" : setting.written();
    String text = setting.key() + " = " + value.replaceAll("\\s+", " ");
    return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
  }
}
