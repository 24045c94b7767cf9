package org.malleposte.delivery;

import java.util.Optional;
import org.malleposte.mail.Domain;

/**
 * Changes the domains of addresses in the value of a field (RFC 5322 §3.4) and leaves all else as
 * it is: names, comments, quotes, groups, folds, and whatever is no address. One use, one thread.
 */
final class AddressFields {
  /** Which domain an address is to have. */
  interface Rule {
    /**
     * @param localPart without quotes
     * @param domain empty: the address has none
     * @return empty: as it is
     */
    Optional<Domain> domain(String localPart, Optional<Domain> domain);
  }

  private final Rule rule;

  AddressFields(Rule rule) {
    this.rule = rule;
  }

  void rewrite(String value, StringBuilder result) {
    int start = 0;
    for (int at = 0; at < value.length(); ) {
      char c = value.charAt(at);
      if (c == ':') {
        result.append(value, start, ++at); // the name of a group
        start = at;
      } else if (c == ',' || c == ';') {
        mailbox(value, start, at, result);
        result.append(c);
        start = ++at;
      } else {
        at = afterToken(value, at);
      }
    }
    mailbox(value, start, value.length(), result);
  }

  /** Behind the quoted string, comment, literal or address in brackets that begins here. */
  private static int afterToken(String value, int at) {
    return switch (value.charAt(at)) {
      case '"' -> after(value, at, '"', '"');
      case '(' -> after(value, at, '(', ')');
      case '[' -> after(value, at, '[', ']');
      case '<' -> after(value, at, '<', '>');
      case '\\' -> Math.min(at + 2, value.length());
      default -> at + 1;
    };
  }

  private static int after(String value, int from, char open, char close) {
    int depth = 1;
    for (int at = from + 1; at < value.length(); at++) {
      char c = value.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == close) {
        if (--depth == 0) {
          return at + 1;
        }
      } else if (c == open && open == '(') {
        depth++;
      } else if (c == '"' && open == '<') {
        at = after(value, at, '"', '"') - 1;
      }
    }
    return value.length();
  }

  /** One mailbox: {@code name <address>} or an address alone, with blanks and comments around. */
  private void mailbox(String value, int start, int end, StringBuilder result) {
    int from = -1;
    int to = -1;
    for (int at = start; at < end; ) {
      int next = Math.min(afterToken(value, at), end);
      char c = value.charAt(at);
      if (c == '<') {
        boolean closed = value.charAt(next - 1) == '>';
        from = at + 1;
        to = closed ? next - 1 : next;
        break;
      }
      if (c != '(' && !Character.isWhitespace(c)) {
        from = from < 0 ? at : from;
        to = next;
      }
      at = next;
    }
    if (from < 0) {
      result.append(value, start, end);
      return;
    }
    result.append(value, start, from);
    address(value.substring(from, to), result);
    result.append(value, to, end);
  }

  private void address(String written, StringBuilder result) {
    String text = written.strip();
    int at = lastAt(text);
    String local = at < 0 ? text : text.substring(0, at);
    if (!isAddress(text, local, at)) {
      result.append(written);
      return;
    }
    Optional<Domain> domain;
    try {
      domain = at < 0 ? Optional.empty() : Optional.of(Domain.of(text.substring(at + 1)));
    } catch (IllegalArgumentException e) {
      result.append(written); // Not ours, whatever it is.
      return;
    }
    Optional<Domain> shown = rule.domain(unquoted(local), domain);
    if (shown.isEmpty()) {
      result.append(written);
      return;
    }
    int begin = written.indexOf(text);
    result.append(written, 0, begin).append(local).append('@').append(shown.get());
    result.append(written, begin + text.length(), written.length());
  }

  /** Nothing else is touched: routes, hosts in the local-part, words that are no address. */
  private static boolean isAddress(String text, String local, int at) {
    if (text.isEmpty() || local.isEmpty() || text.startsWith("@")) {
      return false;
    }
    if (local.startsWith("\"")) {
      return local.length() > 2 && local.endsWith("\"");
    }
    boolean plain = local.chars().allMatch(c -> c > ' ' && "\"()<>[]:;@\\,".indexOf(c) < 0);
    return plain && (at >= 0 || local.chars().noneMatch(c -> c == '%' || c == '!'));
  }

  private static int lastAt(String text) {
    int at = text.lastIndexOf('@');
    return at > text.lastIndexOf('"') ? at : -1;
  }

  private static String unquoted(String local) {
    return local.startsWith("\"")
        ? local.substring(1, local.length() - 1).replaceAll("\\\\(.)", "$1")
        : local;
  }
}
