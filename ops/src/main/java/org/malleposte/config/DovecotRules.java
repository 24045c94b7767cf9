package org.malleposte.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/** Settings that are one key's value, more or less. */
final class DovecotRules {
  /** Turns the value of a setting into that of a key. */
  private interface Reading {
    /**
     * @throws IllegalArgumentException says what is wrong
     */
    String of(String value);
  }

  private record Rule(ConfigKey<?> key, Reading reading) {}

  private static final Map<String, Rule> GLOBAL = global();

  private final DovecotTaking taking;

  DovecotRules(DovecotTaking taking) {
    this.taking = taking;
  }

  private static Map<String, Rule> global() {
    Reading same = value -> value;
    var rules = new LinkedHashMap<String, Rule>();
    rules.put("login_greeting", new Rule(ConfigKeys.MAIL_GREETING, same));
    rules.put("postmaster_address", new Rule(ConfigKeys.MAIL_POSTMASTER, same));
    rules.put("auth_username_format", new Rule(ConfigKeys.AUTH_USERNAME_FORMAT, same));
    rules.put("auth_default_realm", new Rule(ConfigKeys.AUTH_DEFAULT_REALM, same));
    rules.put("auth_default_domain", new Rule(ConfigKeys.AUTH_DEFAULT_REALM, same));
    rules.put("auth_krb5_keytab", new Rule(ConfigKeys.AUTH_KERBEROS_KEYTAB, same));
    rules.put(
        "imap_idle_notify_interval",
        new Rule(ConfigKeys.LIMITS_IMAP_IDLE_NOTIFY, DovecotQuantities::time));
    rules.put(
        "mail_max_userip_connections",
        new Rule(
            ConfigKeys.LIMITS_IMAP_USER_CONNECTIONS,
            value -> String.valueOf(DovecotQuantities.number(value))));
    return rules;
  }

  void take() {
    // What is said for IMAP alone counts before what is said for all.
    DovecotSection root = taking.file().root();
    root.section("protocol", "imap").ifPresent(this::imap);
    GLOBAL.forEach((name, rule) -> root.setting(name).ifPresent(s -> rule(s, rule)));
    pop3();
    cleartext();
    mechanisms();
    location();
    delimiter();
    sieve();
  }

  private void rule(DovecotSetting setting, Rule rule) {
    try {
      if (taking.values().containsKey(rule.key.path())) {
        taking.note(setting, true, "for what " + rule.key.path() + " does not say");
      } else if (setting.value().isEmpty()) {
        taking.note(setting, false, "no effect: it is empty");
      } else {
        taking.take(rule.key, rule.reading.of(setting.value()), setting);
      }
    } catch (IllegalArgumentException e) {
      taking.refuse(setting, e.getMessage(), "write it as Dovecot has it");
    }
  }

  private void imap(DovecotSection imap) {
    for (String name : List.of("imap_idle_notify_interval", "mail_max_userip_connections")) {
      imap.setting(name).ifPresent(s -> rule(s, GLOBAL.get(name)));
    }
  }

  private void pop3() {
    taking
        .file()
        .root()
        .section("protocol", "pop3")
        .flatMap(pop3 -> pop3.setting("mail_max_userip_connections"))
        .ifPresent(s -> taking.note(s, true, "a maildrop is open in one session at a time"));
    uidl();
  }

  /** A client that keeps mail on the server must not get all of it again after the move. */
  private void uidl() {
    Optional<DovecotSetting> written = taking.global("pop3_uidl_format");
    if (written.isEmpty()) {
      taking.put(
          ConfigKeys.MAIL_POP3_UIDL,
          UidlFormat.DOVECOTS,
          taking.file().start(),
          "pop3_uidl_format");
      return;
    }
    try {
      UidlFormat.parse(written.get().value());
      taking.take(ConfigKeys.MAIL_POP3_UIDL, written.get().value(), written.get());
    } catch (IllegalArgumentException e) {
      taking.warn(
          written.get(),
          e.getMessage(),
          "use %u and %v; clients that keep mail on the server get it once more");
    }
  }

  private void cleartext() {
    Optional<DovecotSetting> allow = taking.global("auth_allow_cleartext");
    Optional<DovecotSetting> disable = taking.global("disable_plaintext_auth");
    allow
        .or(() -> disable)
        .ifPresent(
            s -> {
              boolean yes;
              try {
                yes = DovecotQuantities.isYes(s.value());
              } catch (IllegalArgumentException e) {
                taking.refuse(s, e.getMessage(), "write yes or no");
                return;
              }
              boolean anything = s.key().startsWith("auth") == yes;
              if (taking.values().containsKey(ConfigKeys.AUTH_UNENCRYPTED.path())) {
                taking.note(s, false, "no effect: ssl = required");
              } else {
                taking.take(ConfigKeys.AUTH_UNENCRYPTED, anything ? "anything" : "no-secrets", s);
              }
            });
    if (allow.isPresent()) {
      disable.ifPresent(s -> taking.note(s, false, "overridden by auth_allow_cleartext"));
    }
  }

  private void mechanisms() {
    Optional<DovecotSetting> written = taking.global("auth_mechanisms");
    if (written.isEmpty()) {
      return;
    }
    var known = new ArrayList<String>();
    for (String name : written.get().value().strip().split("[\\s,]+")) {
      var mechanism = LoginMechanism.named(name);
      if (mechanism.isPresent()) {
        if (!known.contains(name.toLowerCase(Locale.ROOT))) {
          known.add(name.toLowerCase(Locale.ROOT));
        }
      } else if (!name.isEmpty()) {
        taking.warn(
            written.get().place(),
            "auth_mechanisms: there is no mechanism " + name + " here",
            "remove it");
      }
    }
    if (!known.isEmpty()) {
      taking.take(
          ConfigKeys.AUTH_MAILBOX_MECHANISMS, "[" + String.join(", ", known) + "]", written.get());
    }
  }

  /** Where mail was: it is not there that it lives from now on. */
  private void location() {
    Optional<DovecotSetting> written = taking.global("mail_location", "mail_driver", "mail_path");
    if (written.isEmpty()) {
      return;
    }
    DovecotSetting by = written.get();
    String source = by.value();
    if (!by.key().equals("mail_location")) {
      String driver = taking.global("mail_driver").map(DovecotSetting::value).orElse("");
      String path = taking.global("mail_path").map(DovecotSetting::value).orElse("~/mail");
      source = (driver.isEmpty() ? "" : driver + ":") + path;
    }
    if (source.isBlank()) {
      return;
    }
    taking.take(ConfigKeys.MAIL_IMPORT_FROM, source, by);
    for (String other : List.of("mail_driver", "mail_path")) {
      taking.global(other).ifPresent(s -> taking.noteAs(ConfigKeys.MAIL_IMPORT_FROM, s));
    }
    taking.warn(
        by.place(),
        by.key() + ": mail does not live there, but in node.data; it is where import reads from",
        "import it once, then remove the line");
  }

  private void delimiter() {
    taking
        .global("recipient_delimiter")
        .ifPresent(
            s -> {
              if (s.value().equals("+")) {
                taking.note(s, true, "as always");
              } else {
                taking.warn(s, "an address's detail begins at +", "write +");
              }
            });
  }

  /** Scripts of all users; those of one user are not files here. */
  private void sieve() {
    Map<String, ConfigKey<?>> keys =
        Map.of(
            "sieve_before", ConfigKeys.SIEVE_BEFORE,
            "sieve_after", ConfigKeys.SIEVE_AFTER,
            "sieve_default", ConfigKeys.SIEVE_DEFAULT);
    taking
        .file()
        .root()
        .section("plugin", "")
        .ifPresent(
            plugin ->
                keys.forEach(
                    (name, key) ->
                        plugin
                            .setting(name)
                            .filter(s -> !s.value().isEmpty())
                            .ifPresent(s -> script(s, key))));
  }

  private void script(DovecotSetting setting, ConfigKey<?> key) {
    String path = setting.value().replaceFirst("^file:", "").replaceFirst(";.*", "");
    if (path.startsWith("~") || path.contains("%")) {
      taking.warn(setting, "a user's own scripts are no files here", "upload them by ManageSieve");
    } else {
      taking.take(
          key,
          Path.of(setting.place().file()).resolveSibling(path).normalize().toString(),
          setting);
    }
  }
}
