package org.malleposte.tables;

import java.util.ArrayList;
import java.util.List;

/** One target of an alias. */
public sealed interface AliasMember {
  /** A user, an alias or an address. */
  record Address(AddressText address) implements AliasMember {}

  /** {@code \name}: that user, though an alias has the same name. */
  record Literally(AddressText address) implements AliasMember {}

  /** {@code :include:/path}: the members that the file lists. */
  record Include(String path) implements AliasMember {}

  /** {@code |program}: switched off. */
  record Program(String command) implements AliasMember {}

  /** {@code /file}: switched off. */
  record File(String path) implements AliasMember {}

  /** {@code /dev/null}: thrown away. */
  record Nowhere() implements AliasMember {}

  /** What is none of these. */
  record Mistake(String text, String why) implements AliasMember {}

  String NOWHERE = "/dev/null";
  String INCLUDE = ":include:";

  /** Whether a list is one name without anything that needs parsing. */
  static boolean isPlainName(String list) {
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (!(c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '.'
          || c == '-'
          || c == '_')) {
        return false;
      }
    }
    return !list.isEmpty();
  }

  /** Reads one member; never fails. */
  static AliasMember parse(String written) {
    String text = written.strip();
    String bare = isQuotedWhole(text) ? AddressText.unquote(text) : text;
    if (bare.equals(NOWHERE)) {
      return new Nowhere();
    }
    if (bare.startsWith("|")) {
      return new Program(AddressText.unquote(bare.substring(1)).strip());
    }
    if (bare.startsWith("/") && bare.indexOf('@') < 0) {
      return new File(bare);
    }
    if (bare.regionMatches(true, 0, INCLUDE, 0, INCLUDE.length())) {
      return new Include(AddressText.unquote(bare.substring(INCLUDE.length())).strip());
    }
    // As sendmail has it, a backslash means itself in quotes too: "\\alice" is \\alice.
    boolean quotedBackslash = isQuotedWhole(text) && text.charAt(1) == '\\';
    return address(withoutGroup(quotedBackslash ? text.substring(1, text.length() - 1) : text));
  }

  /** {@code name: a, b;} is a, b (RFC 5322 §3.4); a list is cut at its commas first. */
  private static String withoutGroup(String text) {
    String open = text.endsWith(";") ? text.substring(0, text.length() - 1).strip() : text;
    int colon = open.indexOf(':');
    boolean inside = open.indexOf('"') >= 0 || open.indexOf('<') >= 0 || open.indexOf('[') >= 0;
    return colon > 0 && !inside ? open.substring(colon + 1).strip() : open;
  }

  private static AliasMember address(String text) {
    try {
      return text.startsWith("\\")
          ? new Literally(AddressText.parse(text.substring(1)))
          : new Address(AddressText.parse(text));
    } catch (IllegalArgumentException e) {
      return new Mistake(text, e.getMessage());
    }
  }

  private static boolean isQuotedWhole(String text) {
    return text.length() > 1 && text.startsWith("\"") && text.indexOf('"', 1) == text.length() - 1;
  }

  /** Cuts a list at its commas, but not within quotes, comments and angle brackets. */
  static List<String> split(String list) {
    var members = new ArrayList<String>();
    int start = 0;
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '(' || c == '<')) {
        depth++;
      } else if (!quoted && (c == ')' || c == '>')) {
        depth = Math.max(0, depth - 1);
      } else if (c == ',' && !quoted && depth == 0) {
        members.add(list.substring(start, i));
        start = i + 1;
      }
    }
    members.add(list.substring(start));
    members.removeIf(String::isBlank);
    return members;
  }
}
