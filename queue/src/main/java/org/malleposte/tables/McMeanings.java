package org.malleposte.tables;

import java.util.Map;
import java.util.Set;
import org.malleposte.tables.McDirective.Meaning;
import org.malleposte.tables.McDirective.Meaning.Elsewhere;
import org.malleposte.tables.McDirective.Meaning.NotTaken;
import org.malleposte.tables.McDirective.Meaning.Taken;

/** What becomes of each directive of {@code sendmail.mc}: a flat table. */
final class McMeanings {
  private static final Map<String, Meaning> CALLS =
      Map.ofEntries(
          taken("LOCAL_DOMAIN", "adds to local-host-names"),
          taken("RELAY_DOMAIN", "adds to relay-domains"),
          taken("VIRTUSER_DOMAIN", "adds to the domains of virtusertable"),
          taken("LOCAL_CONFIG", "Cw, CR and Dm lines are read"),
          taken("TRUST_AUTH_MECH", "who has authenticated may relay, by any mechanism offered"),
          elsewhere("VERSIONID", "has no effect"),
          elsewhere("OSTYPE", "paths come from the configuration file"),
          elsewhere("include", "sendmail's library is not needed"),
          elsewhere("sinclude", "sendmail's library is not needed"),
          elsewhere("undefine", "undoes a definition"),
          lost("promiscuous_relay", "it would relay for everyone", "list clients in access"),
          lost("LOCAL_DOMAIN_FILE", "other files are not read", "move it to local-host-names"),
          lost("RELAY_DOMAIN_FILE", "other files are not read", "move it to relay-domains"),
          lost("VIRTUSER_DOMAIN_FILE", "other files are not read", "use VIRTUSER_DOMAIN"));

  private static final Map<String, Meaning> FEATURES =
      Map.ofEntries(
          taken("access_db", "access is read"),
          taken("blacklist_recipients", "access refuses recipients"),
          taken("blocklist_recipients", "access refuses recipients"),
          taken("delay_checks", "client and sender are checked at RCPT, after the recipient"),
          taken("virtusertable", "virtusertable is read"),
          taken("virtuser_entire_domain", "VIRTUSER_DOMAIN stands for subdomains too"),
          taken("use_cw_file", "local-host-names is read"),
          taken("relay_hosts_only", "relay-domains and access do not stand for subdomains"),
          taken("relay_entire_domain", "hosts of the own domain may relay"),
          taken("loose_relay_check", "user%host@relayed.domain is not looked into"),
          taken("nouucp", "host!user is an ordinary name"),
          taken("nopercenthack", "user%host is an ordinary name"),
          taken("always_add_domain", "local addresses always carry the domain"),
          elsewhere("no_default_msa", "the ports are in smtp of the configuration file"),
          elsewhere("nocanonify", "names are never looked up to change them"),
          elsewhere("local_procmail", "mail is delivered into the store"),
          elsewhere("local_lmtp", "mail is delivered into the store"),
          elsewhere("smrsh", "programs are never run"),
          elsewhere("redirect", "an address in .REDIRECT is refused as unknown"),
          lost("relay_mail_from", "a sender is easily forged", "let clients authenticate"),
          lost("relay_local_from", "a sender is easily forged", "let clients authenticate"),
          lost("promiscuous_relay", "it would relay for everyone", "list clients in access"),
          lost("relay_based_on_MX", "MX records are others'", "list domains in relay-domains"),
          lost("mailertable", "mailertable is not read", "use relay-domains and MX records"),
          lost("domaintable", "domaintable is not read", "use virtusertable"),
          lost("genericstable", "genericstable is not read", "let users set their own sender"));

  private static final Map<String, Meaning> DEFINES =
      Map.ofEntries(
          taken("confDOMAIN_NAME", "one of our own names"),
          taken("confMAX_ALIAS_RECURSION", "aliases nest as deep"),
          taken("confRELAY_MSG", "refuses relaying with this text"),
          taken("confREJECT_MSG", "refuses clients and senders with this text"),
          taken("confRCPTREJ_MSG", "refuses recipients with this text"),
          elsewhere("ALIAS_FILE", "mail.aliases names the file"),
          elsewhere("confCW_FILE", "mail.tables names the directory"),
          elsewhere("confCR_FILE", "mail.tables names the directory"),
          elsewhere("confSERVICE_SWITCH_FILE", "accounts come from mail.accounts"),
          elsewhere("confMAILBOX_DATABASE", "accounts come from mail.accounts"),
          elsewhere("QUEUE_DIR", "node.data names the directory"),
          elsewhere("STATUS_FILE", "figures are at /metrics"),
          elsewhere("HELP_FILE", "HELP has a text of its own"),
          elsewhere("confPID_FILE", "the program stays in the foreground"),
          elsewhere("confDELIVERY_MODE", "mail is delivered at once, or queued safely"),
          elsewhere("confDONT_PROBE_INTERFACES", "own addresses are those we listen on"),
          elsewhere("confBAD_RCPT_THROTTLE", "clients have limits of their own"),
          elsewhere("confQUEUE_LA", "full disks and lanes slow us, not the load average"),
          elsewhere("confREFUSE_LA", "full disks and lanes slow us, not the load average"),
          elsewhere("confTO_ICONNECT", "time-outs are those of RFC 5321"));

  /** What sendmail's library knows beside those in conf; other names are the file's own. */
  private static final Set<String> OTHER_DEFINES =
      Set.of(
          "SMART_HOST",
          "LUSER_RELAY",
          "MAIL_HUB",
          "LOCAL_RELAY",
          "UUCP_RELAY",
          "BITNET_RELAY",
          "DECNET_RELAY",
          "FAX_RELAY",
          "LOCAL_MAILER_PATH",
          "LOCAL_MAILER_ARGS",
          "LOCAL_MAILER_FLAGS",
          "PROCMAIL_MAILER_PATH",
          "SMTP_MAILER_MAX",
          "SMTP_MAILER_ARGS",
          "RELAY_MAILER",
          "RELAY_MAILER_ARGS",
          "DATABASE_MAP_TYPE");

  private McMeanings() {}

  /**
   * @param applied names of directives and settings that a server obeys
   */
  static Meaning of(String name, String first, Set<String> applied) {
    return switch (name) {
      case "FEATURE" -> known(FEATURES, first, applied, "FEATURE(" + first + ")");
      case "define" ->
          first.startsWith("conf") || DEFINES.containsKey(first) || OTHER_DEFINES.contains(first)
              ? known(DEFINES, first, applied, first)
              : new Taken("may be used further down");
      case "MAILER" ->
          Set.of("local", "smtp", "esmtp", "procmail").contains(first)
              ? new Elsewhere("accounts and SMTP are built in")
              : new NotTaken("there is no mailer " + first, "only local and smtp exist; remove it");
      default -> known(CALLS, name, applied, name);
    };
  }

  private static Meaning known(
      Map<String, Meaning> table, String key, Set<String> applied, String shown) {
    Meaning meaning = table.get(key);
    if (meaning != null) {
      return meaning;
    }
    return applied.contains(key)
        ? new Taken("obeyed by the servers")
        : new NotTaken(shown + " is not supported", "remove the line, or live without it");
  }

  private static Map.Entry<String, Meaning> taken(String name, String how) {
    return Map.entry(name, new Taken(how));
  }

  private static Map.Entry<String, Meaning> elsewhere(String name, String where) {
    return Map.entry(name, new Elsewhere(where));
  }

  private static Map.Entry<String, Meaning> lost(String name, String why, String remedy) {
    return Map.entry(name, new NotTaken(why, remedy));
  }
}
