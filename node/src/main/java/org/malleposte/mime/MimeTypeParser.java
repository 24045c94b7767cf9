package org.malleposte.mime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.malleposte.mime.MimeType.Parameter;

/** Parses Content-Type and Content-Disposition as leniently as Dovecot does. */
public final class MimeTypeParser {
  private static final String SPECIALS = "()<>@,;:\\\"/[]?=";

  private final String text;
  private int position;

  private MimeTypeParser(String text) {
    this.text = text;
  }

  /** Empty when it is no {@code type/subtype}: the part then counts as text/plain. */
  public static Optional<MimeType> contentType(String value) {
    var parser = new MimeTypeParser(value);
    String type = parser.token();
    if (type.isEmpty() || !parser.take('/')) {
      return Optional.empty();
    }
    String subtype = parser.token();
    return subtype.isEmpty()
        ? Optional.empty()
        : Optional.of(new MimeType(type, subtype, parser.parameters()));
  }

  public static Optional<MimeType> disposition(String value) {
    var parser = new MimeTypeParser(value);
    String type = parser.token();
    return type.isEmpty()
        ? Optional.empty()
        : Optional.of(new MimeType(type, "", parser.parameters()));
  }

  /** A single word, with comments around it perhaps. */
  public static Optional<String> word(String value) {
    var parser = new MimeTypeParser(value);
    String word = parser.token();
    parser.skipSpace();
    boolean alone = !word.isEmpty() && parser.position >= value.length();
    return alone ? Optional.of(word) : Optional.empty();
  }

  /** Words with commas between, up to what is neither (RFC 3282). */
  public static List<String> words(String value) {
    var parser = new MimeTypeParser(value);
    var words = new ArrayList<String>();
    do {
      String word = parser.token();
      if (!word.isEmpty()) {
        words.add(word);
      }
    } while (words.size() < MimeLimits.PARAMETERS_MAX && parser.take(','));
    return words;
  }

  private List<Parameter> parameters() {
    var found = new ArrayList<Parameter>();
    while (found.size() < MimeLimits.PARAMETERS_MAX && skipTo(';')) {
      String name = token();
      if (name.isEmpty() || !take('=')) {
        continue;
      }
      found.add(new Parameter(name, value()));
    }
    return joined(found);
  }

  /** Moves behind the next {@code c} outside quotes and comments; false at the end. */
  private boolean skipTo(char c) {
    while (true) {
      skipSpace();
      if (position >= text.length()) {
        return false;
      }
      if (text.charAt(position) == c) {
        position++;
        return true;
      }
      if (text.charAt(position) == '"') {
        quoted();
      } else {
        position++;
      }
    }
  }

  private boolean take(char c) {
    skipSpace();
    if (position < text.length() && text.charAt(position) == c) {
      position++;
      return true;
    }
    return false;
  }

  private String token() {
    skipSpace();
    int start = position;
    while (position < text.length() && isTokenChar(text.charAt(position))) {
      position++;
    }
    return text.substring(start, position);
  }

  private String value() {
    skipSpace();
    if (position < text.length() && text.charAt(position) == '"') {
      return quoted();
    }
    int start = position;
    // What is not quoted may hold specials in practice: it ends at white space or a semicolon.
    while (position < text.length() && " \t;".indexOf(text.charAt(position)) < 0) {
      position++;
    }
    return text.substring(start, position);
  }

  private String quoted() {
    var value = new StringBuilder();
    position++;
    while (position < text.length() && text.charAt(position) != '"') {
      if (text.charAt(position) == '\\' && position + 1 < text.length()) {
        position++;
      }
      value.append(text.charAt(position++));
    }
    position = Math.min(position + 1, text.length());
    return value.toString();
  }

  private void skipSpace() {
    int depth = 0;
    for (; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '\\' && depth > 0) {
        // The last character has nothing behind it to escape.
        position = Math.min(position + 1, text.length() - 1);
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0 && " \t\r\n".indexOf(c) < 0) {
        return;
      }
    }
  }

  private static boolean isTokenChar(char c) {
    return c > 0x20 && c != 0x7f && SPECIALS.indexOf(c) < 0;
  }

  /** RFC 2231 §3: {@code name*0=a; name*1=b} is one parameter, after those that are whole. */
  private static List<Parameter> joined(List<Parameter> found) {
    var pieces = new TreeMap<String, TreeMap<Integer, String>>();
    var names = new HashMap<String, String>();
    var result = new ArrayList<Parameter>();
    for (var parameter : found) {
      int star = parameter.name().indexOf('*');
      int piece = star < 0 ? -1 : pieceNumber(parameter.name().substring(star + 1));
      if (piece < 0) {
        result.add(parameter);
        continue;
      }
      String name = parameter.name().substring(0, star);
      String key = name.toLowerCase(Locale.ROOT);
      boolean encoded = parameter.name().endsWith("*");
      names.merge(key, encoded ? name + "*" : name, (a, b) -> a.endsWith("*") ? a : b);
      pieces.computeIfAbsent(key, k -> new TreeMap<>()).put(piece, parameter.value());
    }
    pieces.forEach(
        (key, values) ->
            result.add(new Parameter(names.get(key), String.join("", values.values()))));
    return result;
  }

  private static int pieceNumber(String text) {
    String digits = text.endsWith("*") ? text.substring(0, text.length() - 1) : text;
    boolean number = !digits.isEmpty() && digits.length() < 6;
    return number && digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(digits)
        : -1;
  }
}
