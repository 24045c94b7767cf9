package org.malleposte.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.malleposte.dovecot.DovecotFile;
import org.malleposte.dovecot.DovecotReader;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/** {@code passdb} and {@code userdb}: a passwd-file and LDAP; others are named. */
final class DovecotPasswords {
  private static final String STATIC =
      "users have no home, uid or gid here: mail lives in the store";

  /** Of {@code args} of a passwd-file. */
  private record Arguments(Map<String, String> options, String path) {
    static Arguments of(String text) {
      var options = new LinkedHashMap<String, String>();
      String rest = text.strip();
      while (rest.matches("[a-z_]+=.*")) {
        String[] parts = rest.split("\\s+", 2);
        String[] pair = parts[0].split("=", 2);
        options.put(pair[0], pair[1]);
        rest = parts.length == 2 ? parts[1] : "";
      }
      return new Arguments(options, rest);
    }
  }

  private final DovecotTaking taking;
  private Optional<Path> passwdFile = Optional.empty();
  private boolean hasLdap;

  DovecotPasswords(DovecotTaking taking) {
    this.taking = taking;
  }

  void take() {
    DovecotSection root = taking.file().root();
    root.sections("passdb").forEach(this::passdb);
    root.sections("userdb").forEach(this::userdb);
  }

  private void passdb(DovecotSection section) {
    for (String refused : List.of("deny", "master")) {
      if (setting(section, refused).filter(s -> DovecotQuantities.isYes(s.value())).isPresent()) {
        taking.warn(
            section.place(),
            section + ": " + refused + " = yes is not supported, so it is not asked",
            refused.equals("deny") ? "put nologin into the extra fields of the user" : "remove it");
        noteAll(section);
        return;
      }
    }
    switch (driver(section)) {
      case "passwd-file" -> passwdFile(section, true);
      case "ldap" -> ldap(section);
      case "pam", "passwd", "shadow", "bsdauth" ->
          other(section, "accounts are no users of the system", "put them into mail.accounts");
      case "static" -> other(section, "everybody has a password of his own", "use mail.accounts");
      case "sql", "dict", "lua", "imap", "checkpassword", "oauth2" ->
          other(
              section,
              "passwords are in mail.accounts, in the cluster or in LDAP",
              "use one of them, or auth.oauth");
      case "" -> other(section, "it has no driver", "write driver = passwd-file");
      default -> other(section, "there is no such driver", "write driver = passwd-file");
    }
  }

  private void userdb(DovecotSection section) {
    switch (driver(section)) {
      case "passwd-file" -> passwdFile(section, false);
      case "static", "passwd", "prefetch", "ldap", "nss" ->
          section.settings().forEach(s -> taking.note(s, false, STATIC));
      default -> other(section, STATIC, "remove it");
    }
  }

  private void passwdFile(DovecotSection section, boolean isPassdb) {
    Optional<DovecotSetting> args = setting(section, "args");
    Optional<DovecotSetting> named = section.setting("passwd_file_path");
    DovecotSetting by = named.or(() -> args).orElse(null);
    if (by == null) {
      other(section, "it names no file", "write args = /etc/dovecot/users");
      return;
    }
    setting(section, "driver").ifPresent(s -> taking.note(s, true, "sets mail.accounts"));
    Arguments arguments =
        named.isPresent() ? new Arguments(Map.of(), by.value()) : Arguments.of(by.value());
    Path path = Path.of(by.place().file()).resolveSibling(arguments.path()).normalize();
    if (passwdFile.filter(p -> !p.equals(path)).isPresent()) {
      taking.warn(by, "accounts come from one file, " + passwdFile.get(), "put both into one");
      return;
    }
    if (passwdFile.isPresent()) {
      taking.note(by, true, "the users of mail.accounts");
      return;
    }
    passwdFile = Optional.of(path);
    taking.take(ConfigKeys.MAIL_ACCOUNTS, path.toString(), by);
    if (!taking.isGiven(ConfigKeys.MAIL_ACCOUNTS) && !Files.isReadable(path)) {
      taking.warn(
          by.place(), by.key() + ": cannot read " + path + ", so it has no users", "copy the file");
    }
    if (isPassdb) {
      scheme(
          Optional.ofNullable(arguments.options().get("scheme"))
              .or(() -> setting(section, "default_password_scheme").map(DovecotSetting::value)),
          by,
          path);
      setting(section, "default_password_scheme")
          .ifPresent(s -> taking.note(s, true, "of hashes without a scheme"));
      format(arguments, section, by);
    }
  }

  private void scheme(Optional<String> scheme, DovecotSetting by, Path path) {
    scheme
        .filter(s -> !s.equalsIgnoreCase("CRYPT"))
        .ifPresent(
            s ->
                taking.warn(
                    by.place(),
                    "scheme=" + s + ": a hash without a scheme is read as {CRYPT}",
                    "write {" + s + "} before the hashes in " + path));
  }

  private void format(Arguments arguments, DovecotSection section, DovecotSetting by) {
    Optional<DovecotSetting> own = section.setting("auth_username_format");
    String format = arguments.options().get("username_format");
    if (own.isPresent()) {
      taking.take(ConfigKeys.AUTH_USERNAME_FORMAT, own.get().value(), own.get());
    } else if (format != null && taking.global("auth_username_format").isEmpty()) {
      taking.put(ConfigKeys.AUTH_USERNAME_FORMAT, format, by.place(), "username_format");
    } else if (format != null
        && !taking.global("auth_username_format").get().value().equals(format)) {
      taking.warn(
          by.place(),
          "username_format=" + format + ": auth_username_format counts for all logins",
          "write there what both make of a name");
    }
  }

  private void ldap(DovecotSection section) {
    if (hasLdap) {
      other(section, "one LDAP server is asked", "keep one of them");
      return;
    }
    hasLdap = true;
    setting(section, "driver").ifPresent(s -> taking.note(s, true, "sets auth.ldap"));
    Optional<DovecotSetting> args = setting(section, "args").filter(s -> !s.value().isBlank());
    if (args.isEmpty()) {
      new DovecotLdap(taking, key -> section.setting(key).or(() -> taking.global(key))).take();
      return;
    }
    Path file =
        Path.of(args.get().place().file()).resolveSibling(args.get().value().strip()).normalize();
    if (!Files.isReadable(file)) {
      taking.warn(args.get(), "cannot read " + file, "copy it, or set auth.ldap");
      return;
    }
    taking.note(args.get(), true, "sets auth.ldap");
    DovecotFile ldap = DovecotReader.read(file);
    ldap.problems().forEach(p -> taking.warn(p.place(), p.what(), p.remedy()));
    var reading = new DovecotLdap(taking, key -> ldap.root().setting(key));
    reading.take();
    reading.rest(ldap.root().settings());
  }

  private void other(DovecotSection section, String why, String remedy) {
    taking.warn(section.place(), section + " " + driver(section) + ": " + why, remedy);
    noteAll(section);
  }

  private void noteAll(DovecotSection section) {
    Stream.concat(
            section.settings().stream(),
            section.sections().stream().flatMap(inner -> inner.settings().stream()))
        .forEach(s -> taking.note(s, false, "no effect"));
  }

  /** In 2.4 the name is the driver, unless one is given. */
  private String driver(DovecotSection section) {
    return setting(section, "driver")
        .map(DovecotSetting::value)
        .orElse(taking.file().isOfVersion24() ? section.name() : "");
  }

  private static Optional<DovecotSetting> setting(DovecotSection section, String key) {
    return section.setting(key).or(() -> section.setting(section.type() + "_" + key));
  }
}
