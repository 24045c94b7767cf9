package org.malleposte.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/** Quota rules: {@code plugin { quota_rule = ... }} of 2.3, {@code quota_storage_size} of 2.4. */
final class DovecotQuota {
  private final DovecotTaking taking;
  private final List<QuotaRule> rules = new ArrayList<>();
  private Optional<DovecotSetting> first = Optional.empty();

  DovecotQuota(DovecotTaking taking) {
    this.taking = taking;
  }

  void take() {
    DovecotSection root = taking.file().root();
    root.section("plugin", "").ifPresent(this::plugin);
    of24("*", Stream.concat(Stream.of(root), root.sections("quota")).toList());
    root.sections("namespace")
        .flatMap(namespace -> namespace.sections("mailbox"))
        .forEach(mailbox -> of24(mailbox.name(), List.of(mailbox)));
    first.ifPresent(
        s ->
            taking.put(
                ConfigKeys.QUOTA_RULES,
                ConfigKeys.QUOTA_RULES.type().show(rules),
                s.place(),
                s.key()));
  }

  private void plugin(DovecotSection plugin) {
    for (DovecotSetting setting : plugin.settings()) {
      String key = setting.key();
      if (key.matches("quota_rule[0-9]*")) {
        rule(setting, setting.value());
      } else if (key.matches("quota[2-9]_rule[0-9]*|quota[2-9][0-9]*")) {
        taking.warn(setting, "an account has one quota", "put its rules into quota_rule");
      } else if (key.equals("quota_grace")) {
        grace(setting, setting.value());
      } else if (key.equals("quota")) {
        taking.note(setting, true, "usage is counted in the store, whatever is named here");
      }
    }
  }

  private void rule(DovecotSetting setting, String text) {
    try {
      add(setting, QuotaRule.parse(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      taking.refuse(setting, e.getMessage(), "write it as *:storage=1G");
    }
  }

  private void add(DovecotSetting setting, QuotaRule rule) {
    rules.add(rule);
    first = first.or(() -> Optional.of(setting));
    taking.noteAs(ConfigKeys.QUOTA_RULES, setting);
  }

  private void of24(String mailbox, List<DovecotSection> sections) {
    QuotaLimit storage = new QuotaLimit.Unsaid();
    QuotaLimit messages = new QuotaLimit.Unsaid();
    boolean ignored = false;
    Optional<DovecotSetting> said = Optional.empty();
    for (DovecotSection section : sections) {
      for (DovecotSetting setting : section.settings()) {
        String key = setting.key().replaceFirst("^quota_", "");
        boolean own = setting.key().startsWith("quota_");
        if (!own) {
          continue;
        }
        try {
          switch (key) {
            case "storage_size" -> storage = amount(setting);
            case "storage_extra" -> storage = more(setting);
            case "storage_percentage" -> storage = percent(setting);
            case "message_count" -> messages = amount(setting);
            case "message_percentage" -> messages = percent(setting);
            case "ignore" -> ignored = DovecotQuantities.isYes(setting.value());
            case "storage_grace" -> {
              grace(setting, setting.value());
              continue;
            }
            case "driver", "name" -> {
              taking.note(setting, true, "usage is counted in the store, whatever is named here");
              continue;
            }
            default -> {
              continue;
            }
          }
          taking.noteAs(ConfigKeys.QUOTA_RULES, setting);
          said = said.or(() -> Optional.of(setting));
        } catch (IllegalArgumentException | ArithmeticException e) {
          taking.refuse(setting, e.getMessage(), "write an amount such as 1G");
        }
      }
    }
    if (said.isPresent()) {
      add(said.get(), new QuotaRule(mailbox, storage, messages, ignored));
    }
  }

  private static QuotaLimit amount(DovecotSetting setting) {
    return setting.value().equals("unlimited")
        ? new QuotaLimit.Unlimited()
        : QuotaRule.limit(setting.value(), 1);
  }

  private static QuotaLimit more(DovecotSetting setting) {
    return QuotaRule.limit("+" + setting.value(), 1);
  }

  private static QuotaLimit percent(DovecotSetting setting) {
    return QuotaRule.limit(setting.value().replace("%", "") + "%", 1);
  }

  private void grace(DovecotSetting setting, String written) {
    taking.take(ConfigKeys.QUOTA_GRACE, written.replace("%%", "%"), setting);
  }
}
