package org.malleposte.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.config.SpecialMailbox.Auto;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/** The private namespace with INBOX: its prefix, separator and mailboxes. */
final class DovecotNamespaces {
  private static final String ELSEWHERE = "there is one private namespace, with INBOX";

  private final DovecotTaking taking;

  DovecotNamespaces(DovecotTaking taking) {
    this.taking = taking;
  }

  void take() {
    List<DovecotSection> all = taking.file().root().sections("namespace").toList();
    // One alone has INBOX whether it says so or not.
    Optional<DovecotSection> ours =
        all.stream()
            .filter(n -> setting(n, "inbox").filter(s -> isYes(s)).isPresent())
            .findFirst()
            .or(() -> all.stream().filter(n -> all.size() == 1 && isPrivate(n)).findFirst());
    for (DovecotSection namespace : all) {
      if (ours.filter(n -> n == namespace).isPresent()) {
        inbox(namespace);
      } else {
        taking.warn(
            namespace.place(),
            namespace + ": " + ELSEWHERE,
            isPrivate(namespace)
                ? "put its mailboxes into the namespace with inbox = yes"
                : "share mailboxes by their ACL");
        noteAll(namespace);
      }
    }
  }

  private void noteAll(DovecotSection section) {
    section.settings().forEach(s -> taking.note(s, false, "no effect: " + ELSEWHERE));
    section.sections().forEach(this::noteAll);
  }

  private void inbox(DovecotSection namespace) {
    setting(namespace, "inbox").ifPresent(s -> taking.note(s, true, "as always"));
    setting(namespace, "type")
        .filter(s -> s.value().equals("private"))
        .ifPresent(s -> taking.note(s, true, "as always"));
    setting(namespace, "prefix")
        .ifPresent(s -> taking.take(ConfigKeys.NAMESPACE_PREFIX, s.value(), s));
    setting(namespace, "separator")
        .filter(s -> !s.value().isEmpty())
        .ifPresent(
            s -> {
              if (s.value().equals("/") || s.value().equals(".")) {
                taking.take(ConfigKeys.NAMESPACE_SEPARATOR, s.value(), s);
              } else {
                taking.warn(s, "mailboxes are separated by / or .", "write / or .");
              }
            });
    List<SpecialMailbox> mailboxes = mailboxes(namespace);
    if (!mailboxes.isEmpty()) {
      taking.put(
          ConfigKeys.MAILBOXES,
          ConfigKeys.MAILBOXES.type().show(mailboxes),
          namespace.place(),
          namespace.toString());
    }
  }

  private List<SpecialMailbox> mailboxes(DovecotSection namespace) {
    String separator =
        setting(namespace, "separator")
            .map(DovecotSetting::value)
            .filter(s -> !s.isEmpty())
            .orElse("/");
    String prefix = setting(namespace, "prefix").map(DovecotSetting::value).orElse("");
    var mailboxes = new ArrayList<SpecialMailbox>();
    for (DovecotSection section : namespace.sections("mailbox").toList()) {
      // Names are without the prefix, but who has one often writes it.
      String name = section.name();
      name = !prefix.isEmpty() && name.startsWith(prefix) ? name.substring(prefix.length()) : name;
      name = name.replace(separator, "/");
      if (name.isEmpty() || name.chars().anyMatch(c -> c == '*' || c == '?')) {
        section
            .settings()
            .forEach(s -> taking.warn(s, "mailboxes are named one by one", "write their names"));
      } else {
        mailboxes.add(mailbox(section, name));
      }
    }
    return mailboxes;
  }

  private SpecialMailbox mailbox(DovecotSection section, String name) {
    var written = setting(section, "special_use");
    Optional<String> use = written.flatMap(this::use);
    Optional<DovecotSetting> autoWritten = setting(section, "auto");
    Auto auto = autoWritten.map(this::auto).orElse(Auto.NO);
    Optional<DovecotSetting> expire = setting(section, "autoexpunge");
    expire.ifPresent(s -> taking.noteAs(ConfigKeys.MAILBOXES, s));
    return new SpecialMailbox(name, use, auto, expire.flatMap(this::duration));
  }

  private Optional<String> use(DovecotSetting setting) {
    String[] words = setting.value().strip().split("\\s+");
    if (words.length > 1) {
      taking.warn(setting.place(), "special_use: only " + words[0] + " is kept", "write one");
    }
    Optional<String> use = SpecialUses.of(words[0]);
    if (use.isPresent() || words[0].isEmpty()) {
      taking.noteAs(ConfigKeys.MAILBOXES, setting);
    } else {
      taking.warn(
          setting,
          "there is no special use " + words[0],
          "write one of " + String.join(", ", SpecialUses.ALL));
    }
    return use;
  }

  private Auto auto(DovecotSetting setting) {
    switch (setting.value().toLowerCase(Locale.ROOT)) {
      case "no", "create", "subscribe" -> taking.noteAs(ConfigKeys.MAILBOXES, setting);
      default -> {
        taking.refuse(
            setting, "'" + setting.value() + "' is not no, create or subscribe", "write no");
        return Auto.NO;
      }
    }
    return Auto.valueOf(setting.value().toUpperCase(Locale.ROOT));
  }

  private Optional<Duration> duration(DovecotSetting setting) {
    try {
      Duration time = Quantities.duration(DovecotQuantities.time(setting.value()));
      return Optional.of(time).filter(Duration::isPositive);
    } catch (IllegalArgumentException e) {
      taking.warn(setting.place(), "autoexpunge: " + e.getMessage(), "write it as 30d");
      return Optional.empty();
    }
  }

  private static boolean isPrivate(DovecotSection namespace) {
    return setting(namespace, "type").filter(s -> !s.value().equals("private")).isEmpty();
  }

  private static boolean isYes(DovecotSetting setting) {
    return setting.value().toLowerCase(Locale.ROOT).startsWith("y");
  }

  /** In 2.4 the settings of a section may have its type before them. */
  private static Optional<DovecotSetting> setting(DovecotSection section, String key) {
    return section.setting(key).or(() -> section.setting(section.type() + "_" + key));
  }
}
