package org.malleposte.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.config.Settings.Setting;
import org.malleposte.config.YamlDocument.RawValue;

/**
 * Reads the configuration file and the environment over it. Finds all mistakes at once, each with
 * its place and remedy. Touches the disk only to read the file and to look at the files it names.
 */
public final class ConfigLoader {
  private final Map<String, String> environment;

  /**
   * @param environment {@code System.getenv()}, or a test's
   */
  public ConfigLoader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Reads {@code file}; relative paths in it are relative to its directory. */
  public ConfigResult load(Path file) {
    return load(file, file.toString());
  }

  /**
   * @param shownAs what problems call the file: the name that the user wrote
   */
  public ConfigResult load(Path file, String shownAs) {
    Path directory = file.toAbsolutePath().normalize().getParent();
    try {
      return load(shownAs, Files.readString(file), directory);
    } catch (NoSuchFileException _) {
      return unreadable(shownAs, "no such file", "create it (it may be empty), or name another");
    } catch (CharacterCodingException _) {
      return unreadable(shownAs, "not UTF-8", "save it as UTF-8");
    } catch (IOException e) {
      return unreadable(shownAs, "cannot be read: " + e.getMessage(), "see its permissions");
    }
  }

  /** All defaults, as with an empty file in {@code directory}. */
  public ConfigResult loadDefaults(Path directory) {
    return load("defaults", "", directory.toAbsolutePath().normalize());
  }

  private ConfigResult load(String name, String text, Path directory) {
    YamlDocument document = YamlDocument.read(name, text);
    var problems = new ArrayList<>(document.problems());
    Map<String, RawValue> overrides = Environment.read(environment, problems);
    var values = new HashMap<ConfigKey<?>, Setting<?>>();
    Map<String, RawValue> given = new HashMap<>(document.values());
    given.putAll(overrides);
    Map<String, RawValue> sendmail = sendmail(given, directory, problems);
    DovecotKeys.Read dovecot = dovecot(given, sendmail, directory, problems);
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      RawValue raw = given.get(key.path());
      raw = raw != null ? raw : sendmail.get(key.path());
      raw = raw != null ? raw : dovecot.values().get(key.path());
      parse(key, Optional.ofNullable(raw), directory, problems)
          .ifPresent(setting -> values.put(key, setting));
    }
    if (problems.stream().anyMatch(ConfigProblem::isError)) {
      problems.sort(ConfigProblem.byPlace());
      return new ConfigResult.Refused(problems);
    }
    var settings = new Settings(values);
    problems.addAll(new ConfigRules(name, settings).problems());
    problems.sort(ConfigProblem.byPlace());
    return problems.stream().anyMatch(ConfigProblem::isError)
        ? new ConfigResult.Refused(problems)
        : new ConfigResult.Loaded(
            Assembly.config(settings), new EffectiveConfig(settings, dovecot.notes()), problems);
  }

  /** What {@code sendmail.mc} says for keys that are not given. */
  private static Map<String, RawValue> sendmail(
      Map<String, RawValue> given, Path directory, List<ConfigProblem> problems) {
    ConfigKey<Path> tables = ConfigKeys.MAIL_TABLES;
    // A mistake in this key is told when all keys are read.
    return parse(
            tables, Optional.ofNullable(given.get(tables.path())), directory, new ArrayList<>())
        .map(Setting::value)
        .map(path -> SendmailKeys.values(path, given::containsKey, problems))
        .orElse(Map.of());
  }

  /** What {@code dovecot.conf} says for keys that are not given, nor known from sendmail. */
  private static DovecotKeys.Read dovecot(
      Map<String, RawValue> given,
      Map<String, RawValue> sendmail,
      Path directory,
      List<ConfigProblem> problems) {
    ConfigKey<Path> where = ConfigKeys.MAIL_DOVECOT;
    return parse(where, Optional.ofNullable(given.get(where.path())), directory, new ArrayList<>())
        .map(Setting::value)
        .map(
            path ->
                DovecotKeys.read(
                    path,
                    key ->
                        Optional.ofNullable(given.getOrDefault(key, sendmail.get(key)))
                            .map(RawValue::origin),
                    problems))
        .orElse(DovecotKeys.Read.NOTHING);
  }

  private static <T> Optional<Setting<T>> parse(
      ConfigKey<T> key, Optional<RawValue> raw, Path base, List<ConfigProblem> problems) {
    if (raw.isEmpty()) {
      return Optional.of(new Setting<>(byDefault(key, base), new Origin.ByDefault()));
    }
    Origin origin = raw.get().origin();
    try {
      return Optional.of(new Setting<>(key.type().parse(raw.get().node(), base), origin));
    } catch (BadValueException e) {
      Origin where =
          origin instanceof Origin.InFile(String file, int _) && YamlNodes.line(e.node()) > 0
              ? new Origin.InFile(file, YamlNodes.line(e.node()))
              : origin;
      problems.add(ConfigProblem.error(where, key.path() + ": " + e.getMessage(), e.remedy()));
      return Optional.empty();
    }
  }

  private static <T> T byDefault(ConfigKey<T> key, Path base) {
    try {
      return key.type().parse(key.type().fromEnvironment(key.byDefault()), base);
    } catch (BadValueException e) {
      throw new IllegalStateException("the default of " + key.path() + " is wrong", e);
    }
  }

  private static ConfigResult unreadable(String file, String what, String remedy) {
    return new ConfigResult.Refused(
        List.of(ConfigProblem.error(new Origin.InFile(file, 1), what, remedy)));
  }
}
