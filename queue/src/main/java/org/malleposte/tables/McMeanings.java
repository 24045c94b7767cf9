package org.malleposte.tables;

import java.util.List;
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
          taken("LOCAL_DOMAIN_FILE", "its names add to local-host-names"),
          taken("RELAY_DOMAIN", "adds to relay-domains"),
          taken("RELAY_DOMAIN_FILE", "its names add to relay-domains"),
          taken("VIRTUSER_DOMAIN", "adds to the domains of virtusertable"),
          taken("VIRTUSER_DOMAIN_FILE", "its names add to the domains of virtusertable"),
          taken("LOCAL_CONFIG", "Cw, CR and Dm lines are read"),
          taken("TRUST_AUTH_MECH", "who has authenticated by one of these may relay"),
          taken("MASQUERADE_AS", "our addresses show this domain to other hosts"),
          taken("MASQUERADE_DOMAIN", "addresses of this domain are masqueraded too"),
          taken("MASQUERADE_DOMAIN_FILE", "addresses of its domains are masqueraded too"),
          taken("MASQUERADE_EXCEPTION", "addresses of this domain are left as they are"),
          taken("MASQUERADE_EXCEPTION_FILE", "addresses of its domains are left as they are"),
          taken("EXPOSED_USER", "these users are not masqueraded"),
          taken("EXPOSED_USER_FILE", "its users are not masqueraded"),
          elsewhere("MAILER_DEFINITIONS", "accounts and SMTP are built in"),
          elsewhere("VERSIONID", "has no effect"),
          elsewhere("OSTYPE", "paths come from the configuration file"),
          elsewhere("undefine", "undoes a definition"),
          elsewhere("LOCAL_USER", "all users are local"),
          elsewhere("CANONIFY_DOMAIN", "names are never looked up to change them"),
          lost(
              "CLIENT_OPTIONS",
              "the system chooses the address that mail leaves from",
              "remove it"),
          lost(
              "DOMAIN",
              "what sendmail's file of that name sets is not known here",
              "write its lines into sendmail.mc"),
          lost(
              "INPUT_MAIL_FILTER",
              "read and kept, but no milter is asked yet",
              "filter before or behind this server"),
          lost(
              "MAIL_FILTER",
              "read and kept, but no milter is asked yet",
              "filter before or behind this server"));

  private static final Map<String, Meaning> FEATURES =
      Map.ofEntries(
          taken("access_db", "access is read"),
          taken("lookupdotdomain", "access: .example.org stands for all below it"),
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
          taken("masquerade_envelope", "the reverse-path is masqueraded too"),
          taken("allmasquerade", "To and Cc are masqueraded too"),
          taken("limited_masquerade", "only MASQUERADE_DOMAIN is masqueraded"),
          taken("masquerade_entire_domain", "MASQUERADE_DOMAIN stands for subdomains too"),
          taken("ratecontrol", "ClientRate: of access limits how often a client connects"),
          taken("conncontrol", "ClientConn: of access limits how many connections a client has"),
          taken("greet_pause", "the greeting waits, GreetPause: of access says how long"),
          taken("no_default_msa", "port 587 is not opened by itself"),
          taken("accept_unresolvable_domains", "domains of senders are not looked up"),
          elsewhere("local_no_masquerade", "mail for accounts is stored as it came"),
          elsewhere("nocanonify", "names are never looked up to change them"),
          elsewhere("local_procmail", "mail is delivered into the store"),
          elsewhere("local_lmtp", "mail is delivered into the store"),
          elsewhere("smrsh", "programs are never run"),
          elsewhere("use_ct_file", "a sender is what the login may use"),
          elsewhere("redirect", "an address in .REDIRECT is refused as unknown"),
          lost("relay_mail_from", "a sender is easily forged", "let clients authenticate"),
          lost("relay_local_from", "a sender is easily forged", "let clients authenticate"),
          lost("promiscuous_relay", "it would relay for everyone", "list clients in access"),
          lost("relay_based_on_MX", "MX records are others'", "list domains in relay-domains"),
          lost(
              "accept_unqualified_senders",
              "a sender without a domain is refused",
              "let the client send a whole address"),
          lost("dnsbl", "read and kept, but no list in the DNS is asked yet", "use access"),
          lost("enhdnsbl", "read and kept, but no list in the DNS is asked yet", "use access"),
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
          taken("confCW_FILE", "the file of that name beside the other tables is read"),
          taken("confCR_FILE", "the file of that name beside the other tables is read"),
          elsewhere("confSERVICE_SWITCH_FILE", "accounts come from mail.accounts"),
          elsewhere("confMAILBOX_DATABASE", "accounts come from mail.accounts"),
          elsewhere("MAIL_SETTINGS_DIR", "mail.tables names the directory"),
          elsewhere("QUEUE_DIR", "node.data names the directory"),
          elsewhere("STATUS_FILE", "figures are at /metrics"),
          elsewhere("HELP_FILE", "HELP has a text of its own"),
          elsewhere("confPID_FILE", "the program stays in the foreground"),
          elsewhere("confDELIVERY_MODE", "mail is delivered at once, or queued safely"),
          elsewhere("confSAFE_QUEUE", "mail is always synced before it is accepted"),
          elsewhere("confDONT_PROBE_INTERFACES", "own addresses are those we listen on"),
          elsewhere("confQUEUE_LA", "full disks and lanes slow us, not the load average"),
          elsewhere("confREFUSE_LA", "full disks and lanes slow us, not the load average"),
          elsewhere("confMIN_FREE_BLOCKS", "queue.min-free keeps disk free"),
          elsewhere("confLOG_LEVEL", "MALLEPOSTE_LOG_LEVEL sets it"),
          elsewhere("confTO_ICONNECT", "time-outs are those of RFC 5321"),
          elsewhere("confTO_CONNECT", "time-outs are those of RFC 5321"));

  /** What sendmail's library knows beside those in conf; other names are the file's own. */
  private static final Set<String> OTHER_DEFINES =
      Set.of(
          "SMART_HOST",
          "ALIAS_FILE",
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
          "ESMTP_MAILER_ARGS",
          "RELAY_MAILER",
          "RELAY_MAILER_ARGS",
          "DATABASE_MAP_TYPE");

  /** Letters of {@code confAUTH_OPTIONS} (doc/op, AuthOptions) that ask for what is always so. */
  private static final String AUTH_OPTIONS = "pyA";

  private McMeanings() {}

  /**
   * @param applied directives and settings that a server obeys, by name, and how
   */
  static Meaning of(String name, List<String> arguments, Map<String, String> applied) {
    String first = argument(arguments, 0);
    String second = argument(arguments, 1);
    return switch (name) {
      case "FEATURE" -> feature(first, second, applied);
      case "define" -> define(first, second, applied);
      case "include", "sinclude" -> include(name, first);
      case "MAILER" ->
          Set.of("local", "smtp", "esmtp", "procmail").contains(first)
              ? new Elsewhere("accounts and SMTP are built in")
              : new NotTaken("there is no mailer " + first, "only local and smtp exist; remove it");
      default -> known(CALLS, name, applied, name);
    };
  }

  private static Meaning feature(String name, String argument, Map<String, String> applied) {
    boolean map = name.equals("access_db") || name.equals("virtusertable");
    return map && argument.matches("(?i)(ldap|nis|nisplus|hesiod|ldap:.*|@ldap.*)(\\s.*)?")
        ? new NotTaken(
            name + " is read from its text file, not from " + argument, "write the text file")
        : known(FEATURES, name, applied, "FEATURE(" + name + ")");
  }

  private static Meaning define(String name, String value, Map<String, String> applied) {
    if (name.equals("confTO_IDENT")) {
      return value.matches("0+[smhd]?")
          ? new Taken("clients are never asked for an ident")
          : new NotTaken("clients are never asked for an ident", "write 0s, or remove the line");
    }
    if (name.equals("confCONNECTION_RATE_WINDOW_SIZE")) {
      return value.matches("60s?|1m")
          ? new Taken("the window of ClientRate: is a minute")
          : new NotTaken("the window of ClientRate: is a minute", "write 60s, and rates for it");
    }
    if (name.equals("confAUTH_OPTIONS")) {
      return authOptions(value);
    }
    return name.startsWith("conf") || DEFINES.containsKey(name) || OTHER_DEFINES.contains(name)
        ? known(DEFINES, name, applied, name)
        : new Taken("may be used further down");
  }

  private static Meaning authOptions(String value) {
    List<String> unknown =
        value
            .chars()
            .filter(Character::isLetter)
            .filter(letter -> AUTH_OPTIONS.indexOf(letter) < 0)
            .mapToObj(letter -> String.valueOf((char) letter))
            .distinct()
            .toList();
    if (!unknown.isEmpty()) {
      return new NotTaken(
          "confAUTH_OPTIONS " + String.join(" ", unknown) + " has no effect",
          "name the mechanisms that you want in confAUTH_MECHANISMS");
    }
    return new Taken(
        "passwords in clear only on an encrypted link or from this machine, nobody anonymous");
  }

  private static Meaning include(String name, String file) {
    if (isLibrary(file)) {
      return new Elsewhere("sendmail's library is not needed");
    }
    return name.equals("sinclude")
        ? new Elsewhere("there is nothing in it, here or in mail.tables")
        : new NotTaken(
            file + " does not exist, here or in mail.tables", "copy it, or remove the line");
  }

  /** Whether a file is sendmail's own. */
  static boolean isLibrary(String file) {
    return file.endsWith("/cf.m4") || file.startsWith("/usr/share/sendmail");
  }

  private static Meaning known(
      Map<String, Meaning> table, String key, Map<String, String> applied, String shown) {
    Meaning meaning = table.get(key);
    String how = applied.get(key);
    if (how != null) {
      return new Taken(meaning instanceof Taken(var also) ? also + "; " + how : how);
    }
    return meaning != null
        ? meaning
        : new NotTaken(shown + " is not supported", "remove the line, or live without it");
  }

  private static String argument(List<String> arguments, int n) {
    return n < arguments.size() ? arguments.get(n).strip() : "";
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
