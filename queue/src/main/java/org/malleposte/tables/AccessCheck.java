package org.malleposte.tables;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds mistakes in {@code access}. */
final class AccessCheck implements PairReader.Check {
  private static final Set<String> TAGS = Set.of("connect", "from", "to", "spam");

  /** Tags with a number, by the feature that makes them count. */
  private static final Map<String, String> NUMBERS =
      Map.of(
          "greetpause", "greet_pause",
          "clientrate", "ratecontrol",
          "clientconn", "conncontrol");

  /** Tags of sendmail for features that are not built. */
  private static final Set<String> OTHER_TAGS =
      Set.of(
          "srv_features",
          "clt_features",
          "tls_srv",
          "tls_clt",
          "tls_rcpt",
          "tls_srv_features",
          "tls_clt_features",
          "try_tls",
          "certissuer",
          "certsubject",
          "authinfo");

  private static final Pattern MASK = Pattern.compile("(IPv6:)?[0-9A-Fa-f.:]+/[0-9]+");

  private final TableFile file;
  private final AccessTable.Options options;
  private final ClientControl clients;

  AccessCheck(TableFile file, AccessTable.Options options, ClientControl clients) {
    this.file = file;
    this.options = options;
    this.clients = clients;
  }

  @Override
  public boolean accept(int line, String key, String value) {
    int colon = key.indexOf(':');
    String tag = colon < 0 ? "" : key.substring(0, colon).toLowerCase(Locale.ROOT);
    if (OTHER_TAGS.contains(tag)) {
      file.warn(line, "the tag " + tag + ": has no effect", "remove the line");
      return false;
    }
    if (NUMBERS.containsKey(tag)) {
      number(line, tag, value);
      String plain = key.substring(colon + 1);
      return plain.isEmpty() || key(line, plain, tag);
    }
    boolean tagged = TAGS.contains(tag);
    if (colon >= 0 && !tagged && !tag.equals("ipv6")) {
      file.warn(
          line,
          "unknown tag " + key.substring(0, colon + 1),
          "the tags are Connect:, From:, To:, Spam:, GreetPause:, ClientRate: and ClientConn:");
    }
    String plain = tagged ? key.substring(colon + 1) : key;
    value(line, tag, plain, value);
    return key(line, plain, tag);
  }

  private void number(int line, String tag, String value) {
    boolean counts =
        switch (tag) {
          case "greetpause" -> clients.greetPause();
          case "clientrate" -> clients.rate();
          default -> clients.connections();
        };
    if (!counts) {
      file.warn(
          line,
          "the tag " + tag + ": counts only with FEATURE(" + NUMBERS.get(tag) + ")",
          "add the feature to sendmail.mc, or remove the line");
    }
    if (!value.matches("[0-9]{1,9}")) {
      file.error(
          line,
          value + " is not a number",
          tag.equals("greetpause") ? "write milliseconds" : "write a number; 0 is no limit");
    }
  }

  private boolean key(int line, String key, String tag) {
    if (key.isEmpty()) {
      file.error(line, "nothing behind the tag " + tag + ":", "write a host, net or address");
      return false;
    }
    // A million lines come through here: a look at a character saves the expensive looks.
    if (key.indexOf('/') > 0 && MASK.matcher(key).matches()) {
      file.error(
          line,
          key + ": access knows no masks",
          "write the first parts of the address, such as 192.168.128 for 192.168.128.0/24");
      return false;
    }
    if (key.startsWith("*") || key.endsWith(".*")) {
      file.error(line, key + ": there are no wildcards", "leave the star and its dot away");
      return false;
    }
    if (key.startsWith(".") && !options.lookUpDotDomain()) {
      file.warn(
          line,
          key + " is never looked up without FEATURE(access_db) lookupdotdomain",
          "leave the dot away: a domain stands for its subdomains");
    }
    if (key.indexOf(':') < 0) {
      return true;
    }
    if (key.toLowerCase(Locale.ROOT).startsWith("ipv6:") && key.contains("::")) {
      file.warn(
          line,
          key + " is never looked up: addresses are compared written out",
          "write " + IpText.of(key).orElse("all groups, without ::"));
    } else if (!tag.equals("ipv6")
        && IpText.of(key).filter(ip -> ip.startsWith("IPv6")).isPresent()) {
      file.warn(line, key + " is never looked up", "write IPv6: before it");
    }
    return true;
  }

  /** A value that is wrong still refuses, as sendmail has it: better than to let in. */
  private void value(int line, String tag, String key, String value) {
    switch (AccessAction.parse(value)) {
      case AccessAction.Skip _ -> {
        if (!options.skip()) {
          file.warn(
              line,
              "SKIP refuses with that word where FEATURE(access_db) lacks skip",
              "add skip to the feature's arguments");
        } else if (key.contains("@")) {
          file.error(line, "SKIP is for domains and nets only", "use OK");
        }
      }
      case AccessAction.Friend _, AccessAction.Hater _ -> {
        if (!tag.equals("spam")) {
          file.error(line, value + " is for the tag Spam: only", "write Spam:" + key);
        }
      }
      case AccessAction.Refuse refuse -> refusal(line, value, refuse.reply());
      case AccessAction.Ok _,
          AccessAction.Relay _,
          AccessAction.Reject _,
          AccessAction.Discard _,
          AccessAction.Quarantine _ -> {
        // All of these are plain.
      }
    }
  }

  private void refusal(int line, String value, ReplyText reply) {
    String text = value.replaceFirst("(?i)^ERROR:", "").replaceFirst("^[0-9.]+\\s*:", "").strip();
    boolean coded = text.matches("\"?[0-9]{3} .*");
    if (!coded && value.matches("[A-Za-z_]+")) {
      file.error(
          line,
          "unknown word " + value,
          "the words are OK, RELAY, REJECT, DISCARD, SKIP, QUARANTINE:reason and ERROR:D.S.N:code"
              + " text");
    } else if (!coded) {
      file.warn(line, "no reply code in the text, so 553 5.3.0 is used", "write 550 before it");
    } else if (reply.code() == 553 && !text.matches("\"?553 .*")) {
      file.error(line, "reply code " + text.substring(0, 3) + " refuses nothing", "use 4yz or 5yz");
    } else if (reply.status().statusClass() != reply.code() / 100) {
      file.warn(
          line,
          "reply code " + reply.code() + " and status " + reply.status() + " disagree",
          "begin both with the same digit");
    }
  }
}
