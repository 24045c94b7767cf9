package org.malleposte.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.malleposte.config.YamlDocument.RawValue;
import org.malleposte.tables.McDirective;
import org.malleposte.tables.McFile;
import org.malleposte.tables.PrivacyFlag;
import org.malleposte.tables.TablePaths;

/**
 * {@code sendmail.mc} as a source of values: what it says counts for a key that neither the
 * configuration file nor the environment sets. One use.
 */
public final class SendmailKeys {
  /** Turns the value of a setting into that of a key; empty: the key's default stands for it. */
  private interface Reading {
    /**
     * @throws IllegalArgumentException says what is wrong
     */
    Optional<String> of(String value);
  }

  /** A {@code define} whose value is a key's value, more or less. */
  private record Rule(ConfigKey<?> key, Reading reading) {}

  private static final Map<String, Rule> RULES = rules();

  /** Directives that take more than a table to read, with the key that they set. */
  private static final Map<String, ConfigKey<?>> OTHERS =
      Map.ofEntries(
          Map.entry("DAEMON_OPTIONS", ConfigKeys.SMTP),
          Map.entry("SMART_HOST", ConfigKeys.MAIL_SMART_HOST),
          Map.entry("SMTP_MAILER_ARGS", ConfigKeys.MAIL_SMART_HOST),
          Map.entry("ESMTP_MAILER_ARGS", ConfigKeys.MAIL_SMART_HOST),
          Map.entry("RELAY_MAILER_ARGS", ConfigKeys.MAIL_SMART_HOST),
          Map.entry("ALIAS_FILE", ConfigKeys.MAIL_ALIASES),
          Map.entry("confPRIVACY_FLAGS", ConfigKeys.MAIL_PRIVACY),
          Map.entry("confSERVER_CERT", ConfigKeys.TLS_CERTIFICATE),
          Map.entry("confSERVER_KEY", ConfigKeys.TLS_KEY),
          Map.entry("confCACERT", ConfigKeys.AUTH_CLIENT_CA),
          Map.entry("confCACERT_PATH", ConfigKeys.AUTH_CLIENT_CA_DIRECTORY));

  /** Those that a reload brings into force; the server asks the tables for them. */
  private static final Map<String, ConfigKey<?>> LIVE =
      Map.of("confAUTH_MECHANISMS", ConfigKeys.AUTH_MECHANISMS);

  private final McFile mc;
  private final TablePaths paths;
  private final Predicate<String> isGiven;
  private final List<ConfigProblem> problems;
  private final Map<String, RawValue> values = new HashMap<>();

  private SendmailKeys(
      McFile mc, Path tables, Predicate<String> isGiven, List<ConfigProblem> problems) {
    this.mc = mc;
    this.paths = new TablePaths(tables);
    this.isGiven = isGiven;
    this.problems = problems;
  }

  private static Map<String, Rule> rules() {
    var rules = new LinkedHashMap<String, Rule>();
    rules.put("confDOMAIN_NAME", new Rule(ConfigKeys.NODE_NAME, Optional::of));
    rules.put("confSMTP_LOGIN_MSG", new Rule(ConfigKeys.MAIL_LOGIN_MESSAGE, Optional::of));
    rules.put(
        "confMAX_MESSAGE_SIZE",
        new Rule(ConfigKeys.MAIL_MAX_MESSAGE_SIZE, SendmailQuantities::unlessZero));
    rules.put(
        "confMAX_HEADERS_LENGTH",
        new Rule(ConfigKeys.LIMITS_HEADER_SIZE, SendmailQuantities::unlessZero));
    rules.put(
        "confMAX_RCPTS_PER_MESSAGE",
        new Rule(
            ConfigKeys.LIMITS_RECIPIENTS,
            text -> SendmailQuantities.unlessZero(text).or(() -> Optional.of("100000"))));
    rules.put(
        "confBAD_RCPT_THROTTLE",
        new Rule(
            ConfigKeys.LIMITS_ERRORS_BEFORE_DELAY,
            text -> SendmailQuantities.unlessZero(text).or(() -> Optional.of("1000000"))));
    rules.put("confMAX_HOP", new Rule(ConfigKeys.LIMITS_HOPS, Optional::of));
    rules.put(
        "confMAX_DAEMON_CHILDREN",
        new Rule(ConfigKeys.LIMITS_CONNECTIONS, SendmailQuantities::unlessZero));
    rules.put(
        "confCONNECTION_RATE_THROTTLE",
        new Rule(ConfigKeys.LIMITS_CONNECTIONS_PER_SECOND, Optional::of));
    rules.put(
        "confTO_COMMAND",
        new Rule(ConfigKeys.LIMITS_SMTP_TIMEOUT, text -> SendmailQuantities.time(text, 'm')));
    for (String suffix : List.of("", "_NORMAL")) {
      // The second is read later and wins, as in sendmail.cf.
      rules.put(
          "confTO_QUEUERETURN" + suffix,
          new Rule(ConfigKeys.QUEUE_LIFETIME, text -> SendmailQuantities.time(text, 'd')));
      rules.put(
          "confTO_QUEUEWARN" + suffix,
          new Rule(
              ConfigKeys.QUEUE_WARN_AFTER,
              text -> SendmailQuantities.time(text, 'h').or(() -> Optional.of("36500d"))));
    }
    return rules;
  }

  /** What the servers obey of {@code sendmail.mc}, by name, and how. */
  public static Map<String, String> applied() {
    var applied = new HashMap<String, String>();
    RULES.forEach((name, rule) -> applied.put(name, "sets " + rule.key.path()));
    OTHERS.forEach((name, key) -> applied.put(name, "sets " + key.path()));
    LIVE.forEach((name, key) -> applied.put(name, "sets " + key.path() + " of SMTP"));
    return applied;
  }

  /**
   * What is different in a way that only a new start makes count: ports, limits, certificates.
   *
   * @return a line for each, with its place
   */
  public static List<String> needRestart(McFile before, McFile now) {
    var changed = new ArrayList<String>();
    var names = new TreeSet<>(RULES.keySet());
    names.addAll(OTHERS.keySet());
    for (String name : names) {
      boolean same =
          name.equals("DAEMON_OPTIONS")
              ? now.model().daemons().equals(before.model().daemons())
              : now.setting(name).equals(before.setting(name));
      if (!same) {
        int line = now.definition(name).map(McDirective::line).orElse(1);
        changed.add(
            now.file()
                + ":"
                + line
                + ": warning: "
                + name
                + " has changed, restart to make it count");
      }
    }
    return changed;
  }

  /** The key that a directive sets. */
  static Optional<ConfigKey<?>> key(McDirective directive) {
    String name = directive.name().equals("define") ? directive.argument(0) : directive.name();
    Rule rule = RULES.get(name);
    return Optional.<ConfigKey<?>>ofNullable(rule == null ? OTHERS.get(name) : rule.key)
        .or(() -> Optional.ofNullable(LIVE.get(name)));
  }

  /**
   * Reads the file. Blocks.
   *
   * @param tables {@code mail.tables}
   * @param isGiven whether a key, by its path, is set elsewhere: then nothing is read for it
   * @param problems of the values; those of the lines are found when the tables are loaded
   */
  static Map<String, RawValue> values(
      Path tables, Predicate<String> isGiven, List<ConfigProblem> problems) {
    var keys = new SendmailKeys(McFile.load(tables, applied()), tables, isGiven, problems);
    RULES.forEach(keys::rule);
    keys.privacy();
    keys.daemons();
    keys.smartHost();
    keys.aliases();
    keys.certificate();
    keys.authorities();
    keys.mechanisms();
    return keys.values;
  }

  private void rule(String name, Rule rule) {
    mc.setting(name)
        .filter(_ -> !isGiven.test(rule.key.path()))
        .ifPresent(
            value -> {
              try {
                rule.reading
                    .of(value.strip())
                    .ifPresentOrElse(
                        text -> put(rule.key, text, line(name)),
                        () -> warn(name, "0 is no limit, but there is always one", rule.key));
              } catch (IllegalArgumentException e) {
                problems.add(
                    ConfigProblem.error(
                        at(line(name)),
                        name + ": " + e.getMessage(),
                        "write it as sendmail has it"));
              }
            });
  }

  private void privacy() {
    if (isGiven.test(ConfigKeys.MAIL_PRIVACY.path())) {
      return;
    }
    mc.model()
        .privacy()
        .ifPresent(
            flags ->
                put(
                    ConfigKeys.MAIL_PRIVACY,
                    flags.stream().map(PrivacyFlag::word).collect(Collectors.joining(" ")),
                    line("confPRIVACY_FLAGS")));
  }

  private void daemons() {
    if (isGiven.test(ConfigKeys.SMTP.path()) || mc.model().daemons().isEmpty()) {
      return;
    }
    var listeners = SendmailListeners.of(mc.model().daemons());
    put(
        ConfigKeys.SMTP,
        ConfigKeys.SMTP.type().show(listeners),
        mc.model().daemons().getFirst().line());
  }

  private void smartHost() {
    Optional<String> written = mc.setting("SMART_HOST").filter(text -> !text.isBlank());
    if (written.isEmpty() || isGiven.test(ConfigKeys.MAIL_SMART_HOST.path())) {
      return;
    }
    try {
      put(ConfigKeys.MAIL_SMART_HOST, SendmailSmartHost.of(written.get(), mc), line("SMART_HOST"));
    } catch (IllegalArgumentException e) {
      problems.add(
          ConfigProblem.error(
              at(line("SMART_HOST")),
              "SMART_HOST: " + e.getMessage(),
              "write SMART_HOST as [host] or domain, or set mail.smart-host"));
    }
  }

  private void aliases() {
    Optional<String> written = mc.setting("ALIAS_FILE");
    if (written.isEmpty()
        || mc.definition("ALIAS_FILE").isEmpty()
        || isGiven.test(ConfigKeys.MAIL_ALIASES.path())) {
      return;
    }
    List<String> files = List.of(written.get().split("\\s*,\\s*"));
    if (files.size() > 1) {
      problems.add(
          ConfigProblem.warning(
              at(line("ALIAS_FILE")),
              "ALIAS_FILE names several files, and only the first is read",
              "put all aliases into " + files.getFirst()));
    }
    paths
        .find(files.getFirst())
        .ifPresent(file -> put(ConfigKeys.MAIL_ALIASES, file.toString(), line("ALIAS_FILE")));
  }

  /**
   * Both or none: without files that can be read the server goes on with a certificate of its own.
   */
  private void certificate() {
    boolean given =
        isGiven.test(ConfigKeys.TLS_CERTIFICATE.path()) || isGiven.test(ConfigKeys.TLS_KEY.path());
    if (given
        || mc.setting("confSERVER_CERT").isEmpty() && mc.setting("confSERVER_KEY").isEmpty()) {
      return;
    }
    Optional<Path> certificate = readable("confSERVER_CERT");
    Optional<Path> key = readable("confSERVER_KEY");
    if (certificate.isPresent() && key.isPresent()) {
      put(ConfigKeys.TLS_CERTIFICATE, certificate.get().toString(), line("confSERVER_CERT"));
      put(ConfigKeys.TLS_KEY, key.get().toString(), line("confSERVER_KEY"));
    }
  }

  /**
   * Whose client certificates are known. File and directory are one matter: who says one of them
   * elsewhere has said whom to trust.
   */
  private void authorities() {
    if (isGiven.test(ConfigKeys.AUTH_CLIENT_CA.path())
        || isGiven.test(ConfigKeys.AUTH_CLIENT_CA_DIRECTORY.path())) {
      return;
    }
    authority(
        "confCACERT",
        Files::isReadable,
        ConfigKeys.AUTH_CLIENT_CA,
        "copy the file, see its permissions, or set auth.client-ca");
    authority(
        "confCACERT_PATH",
        SendmailKeys::hasAuthorities,
        ConfigKeys.AUTH_CLIENT_CA_DIRECTORY,
        "copy the directory, run 'openssl rehash' on it, or set auth.client-ca-directory");
  }

  private void authority(String name, Predicate<Path> isUsable, ConfigKey<?> key, String remedy) {
    Optional<String> written = mc.setting(name).filter(text -> !text.isBlank());
    if (written.isEmpty()) {
      return;
    }
    int line = line(name);
    paths
        .find(written.get())
        .filter(isUsable)
        .ifPresentOrElse(
            path -> put(key, path.toString(), line),
            () ->
                problems.add(
                    ConfigProblem.warning(
                        at(line),
                        name
                            + ": no authority can be read from "
                            + written.get()
                            + ", so no client certificate of theirs is known",
                        remedy)));
  }

  private static boolean hasAuthorities(Path directory) {
    try {
      return !AuthorityDirectory.files(directory).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private void mechanisms() {
    if (isGiven.test(ConfigKeys.AUTH_MECHANISMS.path())) {
      return;
    }
    mc.setting("confAUTH_MECHANISMS").stream()
        .flatMap(text -> Stream.of(text.strip().split("[\\s,]+")))
        .filter(name -> !name.isEmpty() && LoginMechanism.named(name).isEmpty())
        .forEach(
            name ->
                problems.add(
                    ConfigProblem.warning(
                        at(line("confAUTH_MECHANISMS")),
                        "confAUTH_MECHANISMS: there is no mechanism " + name + " here",
                        "remove it")));
  }

  private Optional<Path> readable(String name) {
    Optional<String> written = mc.setting(name);
    Optional<Path> file = written.flatMap(paths::find).filter(Files::isReadable);
    if (file.isEmpty()) {
      problems.add(
          ConfigProblem.warning(
              at(Math.max(line("confSERVER_CERT"), line(name))),
              written.isEmpty()
                  ? name + " is missing, so a self-signed certificate is used"
                  : name
                      + ": cannot read "
                      + written.get()
                      + ", so a self-signed certificate is used",
              "copy the file, see its permissions, or set tls.certificate and tls.key"));
    }
    return file;
  }

  private void put(ConfigKey<?> key, String text, int line) {
    try {
      values.put(key.path(), new RawValue(key.type().fromEnvironment(text), at(line)));
    } catch (BadValueException e) {
      problems.add(ConfigProblem.error(at(line), e.getMessage(), e.remedy()));
    }
  }

  private void warn(String name, String what, ConfigKey<?> key) {
    problems.add(
        ConfigProblem.warning(
            at(line(name)), name + ": " + what, "set " + key.path() + " as high as you need"));
  }

  private int line(String name) {
    return mc.definition(name).map(McDirective::line).orElse(1);
  }

  private Origin at(int line) {
    return new Origin.InFile(mc.file(), Math.max(1, line));
  }
}
