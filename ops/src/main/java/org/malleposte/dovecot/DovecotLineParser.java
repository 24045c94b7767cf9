package org.malleposte.dovecot;

import java.util.Optional;
import org.malleposte.dovecot.DovecotLine.Assign;
import org.malleposte.dovecot.DovecotLine.AssignFile;
import org.malleposte.dovecot.DovecotLine.AssignVariable;
import org.malleposte.dovecot.DovecotLine.Begin;
import org.malleposte.dovecot.DovecotLine.End;
import org.malleposte.dovecot.DovecotLine.Include;
import org.malleposte.dovecot.DovecotLine.Malformed;

/**
 * Reads lines as Dovecot's {@code config-parser.c} does, its peculiarities included: a comment
 * begins at any {@code #} outside of quotes, an unfinished quote is text, and a value is unquoted
 * only if it begins and ends with the same quote.
 */
final class DovecotLineParser {
  private final StringBuilder continued = new StringBuilder();
  private boolean isAmbiguous;
  private boolean hasLost;

  /**
   * Takes the next line of the file; empty while there is none to act on.
   *
   * @param raw without its end of line
   */
  Optional<DovecotLine> next(String raw) {
    isAmbiguous = false;
    hasLost = false;
    String line = raw.stripLeading();
    if (line.isEmpty() || line.charAt(0) == '#') {
      // Dovecot forgets what was to be continued.
      hasLost = !continued.isEmpty();
      continued.setLength(0);
      return Optional.empty();
    }
    line = withoutComment(line).stripTrailing();
    if (line.endsWith("\\")) {
      continued.append(line, 0, line.length() - 1);
      while (!continued.isEmpty() && isBlank(continued.charAt(continued.length() - 1))) {
        continued.setLength(continued.length() - 1);
      }
      continued.append(' ');
      return Optional.empty();
    }
    if (!continued.isEmpty()) {
      line = continued + line;
      continued.setLength(0);
    }
    return line.isEmpty() ? Optional.empty() : Optional.of(parse(line));
  }

  /** Whether the last line had a comment without a blank before it, which may be meant as text. */
  boolean isAmbiguous() {
    return isAmbiguous;
  }

  /** Whether the last line, a comment or an empty one, stood where one was to be continued. */
  boolean hasLost() {
    return hasLost;
  }

  private String withoutComment(String line) {
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (c == '\'' || c == '"') {
        at++;
        while (at < line.length() && line.charAt(at) != c) {
          at += line.charAt(at) == '\\' && at + 1 < line.length() ? 2 : 1;
        }
      } else if (c == '#') {
        isAmbiguous = !isBlank(line.charAt(at - 1));
        return line.substring(0, at);
      }
      at++;
    }
    return line;
  }

  private static DovecotLine parse(String line) {
    int end = 0;
    while (end < line.length() && !isBlank(line.charAt(end)) && line.charAt(end) != '=') {
      end++;
    }
    String key = line.substring(0, end);
    String rest = line.substring(end).stripLeading();
    if (key.equals("!include") || key.equals("!include_try")) {
      return rest.isEmpty()
          ? new Malformed(key + " names no file", "write a file or a pattern behind it")
          : new Include(rest, key.equals("!include_try"));
    }
    if (rest.startsWith("=")) {
      return key.isEmpty()
          ? new Malformed("a value without a name", "write name = value")
          : assign(key, rest.substring(1).stripLeading());
    }
    return key.equals("}") && rest.isEmpty() ? new End() : section(key, rest);
  }

  private static DovecotLine assign(String key, String value) {
    if (value.startsWith("<")) {
      return new AssignFile(key, value.substring(1).stripLeading());
    }
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    if (quoted) {
      return new Assign(key, unescape(value.substring(1, value.length() - 1)));
    }
    boolean begins = value.startsWith("\"") || value.startsWith("'");
    return !begins && value.indexOf('$') >= 0
        ? new AssignVariable(key, value)
        : new Assign(key, value);
  }

  private static DovecotLine section(String type, String rest) {
    String name = "";
    String left = rest;
    if (rest.startsWith("\"")) {
      int close = rest.indexOf('"', 1);
      name = close < 0 ? rest.substring(1) : unescape(rest.substring(1, close));
      left = close < 0 ? "" : rest.substring(close + 1).stripLeading();
    } else if (!rest.startsWith("{")) {
      int blank = 0;
      while (blank < rest.length() && !isBlank(rest.charAt(blank))) {
        blank++;
      }
      name = rest.substring(0, blank);
      left = rest.substring(blank).stripLeading();
    }
    if (!left.startsWith("{")) {
      return new Malformed(
          "neither name = value nor the beginning of a section",
          "write " + type + " = value, or " + type + " {");
    }
    return left.length() > 1
        ? new Malformed("more behind '{'", "write it on a line of its own")
        : new Begin(type, name);
  }

  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    var plain = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      plain.append(text.charAt(at));
    }
    return plain.toString();
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }
}
