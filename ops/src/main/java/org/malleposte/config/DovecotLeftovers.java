package org.malleposte.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.malleposte.dovecot.DovecotNames;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/**
 * Lines that nobody has taken: each is a warning that says what does its job here, unless it says
 * what Dovecot does anyway. One that Dovecot does not know is perhaps a typing error.
 */
final class DovecotLeftovers {
  /** What does the job here, by the beginning of a setting's name. */
  private static final Map<Pattern, String> HINTS = hints();

  private static final String NOTHING = "it is not supported; nothing does its job here";

  private final DovecotTaking taking;

  DovecotLeftovers(DovecotTaking taking) {
    this.taking = taking;
  }

  private static Map<Pattern, String> hints() {
    var hints = new LinkedHashMap<Pattern, String>();
    hint(hints, "dovecot_(config|storage)_version", "");
    hint(
        hints,
        "log_|info_log|debug_log|syslog|auth_verbose|auth_debug|mail_debug|verbose_|mail_log"
            + "|login_log|deliver_log|lmtp_.*log|imap_logout|pop3_logout|stats|event_|metric",
        "the log goes to stderr, what is counted to /metrics");
    hint(
        hints,
        "(default_)?(process_|client_limit|service_count|vsz_limit|idle_kill|restart_request)",
        "one process serves all: see limits");
    hint(
        hints,
        "mail_uid|mail_gid|first_valid|last_valid|mail_privileged|mail_access|default_internal"
            + "|default_login|user$|group$|mode$|chroot|extra_groups|mail_chroot|valid_chroot"
            + "|drop_priv|privileged_group|base_dir|state_dir|instance_name|executable|type$",
        "one process, one user: mail belongs to the node");
    hint(
        hints,
        "mail_fsync|mmap_|dotlock|lock_method|mail_nfs|mail_(index|control|cache|volatile|inbox|alt"
            + "|attachment|ext_att|temp|home|full_file|attribute|save_crlf|sort|prefetch|always)"
            + "|mbox_|maildir_|mdbox_|sdbox_|dbox_|mailbox_(list|idle|root|dir|sub)|path$"
            + "|home$|location$|subscriptions$|uid$|gid$",
        "mail lives in the store, in node.data");
    hint(
        hints,
        "auth_cache|auth_failure|auth_worker|auth_(win|use_win|proxy|socket|policy)|auth_realms"
            + "|auth_username_(chars|trans)|auth_ssl|auth_master|auth_anonymous|auth_stats",
        "see auth in the configuration file");
    hint(hints, "ssl_|verbose_ssl", "TLS is the JDK's: see tls in the configuration file");
    hint(
        hints,
        "imapc|pop3c|director|replicat|dsync|doveadm|dict|imap_hibernate|imap_urlauth|zlib"
            + "|proxy|login_proxy|login_trusted|ipc|config_cache|import_env|shutdown|listen_backlog",
        "any node serves any mailbox, without such helpers");
    hint(hints, "submission_|hostname", "see smtp, and node.name");
    hint(
        hints,
        "lda_|lmtp_|quota_full|deliver_|rejection|sendmail_path",
        "mail is delivered by this program itself: see lmtp, and node/docs/dovecot.md");
    hint(hints, "quota", "see quota in the configuration file");
    hint(hints, "(imap|manage)?_?sieve|mailbox.*_(before|after|copysource)|imapsieve", "see sieve");
    hint(hints, "fts", "search has an index of its own");
    hint(hints, "acl", "mailboxes are shared by ACL in IMAP");
    hint(hints, "mail_plugins|mail_plugin_dir", "what there is is built in");
    hint(hints, "haproxy_timeout", "see proxies of a listener");
    hint(hints, "imap_|pop3_", "this program's own behaviour is in node/docs/dovecot.md");
    return hints;
  }

  private static void hint(Map<Pattern, String> hints, String names, String what) {
    hints.put(Pattern.compile("(" + names + ").*"), what);
  }

  void explain() {
    section(taking.file().root(), List.of());
    taking
        .file()
        .overridden()
        .forEach(o -> taking.note(o.setting(), false, "overridden by " + o.by()));
  }

  private void section(DovecotSection section, List<String> path) {
    if (path.size() > 0 && path.getFirst().equals("service") && isSocket(section)) {
      section.settings().forEach(s -> taking.note(s, false, "no effect: it is no socket for mail"));
    }
    section.settings().stream()
        .filter(s -> !taking.isExplained(s))
        .forEach(s -> setting(s, path, section));
    for (DovecotSection inner : section.sections()) {
      var below = new ArrayList<>(path);
      below.add(inner.type());
      if (!DovecotNames.isSection(inner.type())) {
        taking.warn(
            inner.place(),
            "Dovecot knows no section " + inner.type(),
            "see its name; perhaps it is of a plugin");
        nothingOf(inner);
      }
      section(inner, below);
    }
  }

  private void nothingOf(DovecotSection section) {
    section.settings().forEach(s -> taking.note(s, false, "no effect: the section is unknown"));
    section.sections().forEach(this::nothingOf);
  }

  private static boolean isSocket(DovecotSection section) {
    return section.type().equals("unix_listener") || section.type().equals("fifo_listener");
  }

  private void setting(DovecotSetting setting, List<String> path, DovecotSection section) {
    if (!DovecotNames.isKnown(path, setting.key())) {
      taking.warn(setting, "Dovecot knows no such setting", guess(setting.key()));
      return;
    }
    Optional<String> byDefault =
        DovecotNames.byDefault(full(path, section), setting.key())
            .or(() -> DovecotNames.byDefault(path, setting.key()));
    if (byDefault.filter(value -> isSame(value, setting.written())).isPresent()
        || setting.value().isEmpty()) {
      taking.note(setting, false, "nothing new: Dovecot does so without the line");
      return;
    }
    String where = path.isEmpty() ? "" : " (in " + section + ")";
    Optional<String> hint =
        HINTS.entrySet().stream()
            .filter(h -> h.getKey().matcher(setting.key()).matches())
            .map(Map.Entry::getValue)
            .findFirst();
    if (hint.filter(String::isEmpty).isPresent()) {
      taking.note(setting, true, "says how the file is written");
    } else {
      taking.warn(setting, hint.orElse(NOTHING) + where, "remove the line");
    }
  }

  private static List<String> full(List<String> path, DovecotSection section) {
    var full = new ArrayList<>(path);
    if (!full.isEmpty()) {
      full.set(full.size() - 1, section.toString());
    }
    return full;
  }

  private static boolean isSame(String one, String other) {
    if (one.replaceAll("\\s+", "").equalsIgnoreCase(other.replaceAll("\\s+", ""))) {
      return true;
    }
    try {
      return DovecotQuantities.time(one).equals(DovecotQuantities.time(other));
    } catch (IllegalArgumentException _) {
      return false; // they are no times
    }
  }

  private static String guess(String key) {
    return Nearest.nearest(key, DovecotNames.globals())
        .map(name -> "did you mean " + name + "?")
        .orElse("see its name; perhaps it is of a plugin");
  }
}
