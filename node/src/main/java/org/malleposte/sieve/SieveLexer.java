package org.malleposte.sieve;

import java.util.Locale;

/** Cuts a script into words (RFC 5228 §8.1). Belongs to one parser. */
final class SieveLexer {
  private static final String MARKS = "()[]{},;";
  private static final int MAX_DIGITS = 18;

  private final String text;
  private int position;
  private int line = 1;

  SieveLexer(String text) {
    this.text = text;
  }

  SieveToken next() throws BadScriptException {
    skipSpace();
    if (position >= text.length()) {
      return new SieveToken.End(line);
    }
    char c = text.charAt(position);
    if (MARKS.indexOf(c) >= 0) {
      position++;
      return new SieveToken.Mark(line, c);
    }
    if (c == '"') {
      return quoted();
    }
    if (c == ':') {
      position++;
      return new SieveToken.Tag(line, word().toLowerCase(Locale.ROOT));
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    String name = word();
    if (name.equalsIgnoreCase("text") && position < text.length() && text.charAt(position) == ':') {
      position++;
      return multiLine();
    }
    return new SieveToken.Identifier(line, name);
  }

  private void skipSpace() throws BadScriptException {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '#') {
        skipLine();
      } else if (text.startsWith("/*", position)) {
        skipComment();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        advance();
      } else {
        return;
      }
    }
  }

  private void skipLine() {
    while (position < text.length() && text.charAt(position) != '\n') {
      position++;
    }
  }

  private void skipComment() throws BadScriptException {
    int end = text.indexOf("*/", position + 2);
    if (end < 0) {
      throw new BadScriptException(line, "a comment has no end", "add */");
    }
    while (position < end + 2) {
      advance();
    }
  }

  private void advance() {
    if (text.charAt(position++) == '\n') {
      line++;
    }
  }

  private String word() throws BadScriptException {
    int start = position;
    while (position < text.length() && isWord(text.charAt(position), position > start)) {
      position++;
    }
    if (position >= text.length() && position == start) {
      throw new BadScriptException(line, "the script ends in a tag", "finish it");
    }
    if (position == start) {
      throw new BadScriptException(
          line, "unexpected character '" + printable(text.charAt(position)) + "'", "remove it");
    }
    return text.substring(start, position);
  }

  private static String printable(char c) {
    return c < 0x20 ? "\\x" + Integer.toHexString(c) : String.valueOf(c);
  }

  private static boolean isWord(char c, boolean inside) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || inside && c >= '0' && c <= '9';
  }

  private SieveToken number() throws BadScriptException {
    int start = position;
    while (position < text.length() && Character.digit(text.charAt(position), 10) >= 0) {
      position++;
    }
    if (position - start > MAX_DIGITS) {
      throw new BadScriptException(line, "the number is too large", "use a smaller one");
    }
    long value = Long.parseLong(text.substring(start, position));
    int shift = position < text.length() ? shift(text.charAt(position)) : 0;
    if (shift > 0) {
      position++;
    }
    if (value > Long.MAX_VALUE >> shift) {
      throw new BadScriptException(line, "the number is too large", "use a smaller one");
    }
    return new SieveToken.Number(line, value << shift);
  }

  /** RFC 5228 §2.4.1. */
  private static int shift(char quantifier) {
    return switch (quantifier) {
      case 'k', 'K' -> 10;
      case 'm', 'M' -> 20;
      case 'g', 'G' -> 30;
      default -> 0;
    };
  }

  private SieveToken quoted() throws BadScriptException {
    int begin = line;
    var value = new StringBuilder();
    position++;
    while (position < text.length() && text.charAt(position) != '"') {
      if (text.charAt(position) == '\\' && position + 1 < text.length()) {
        position++;
      }
      value.append(text.charAt(position));
      advance();
    }
    if (position >= text.length()) {
      throw new BadScriptException(begin, "a string has no end", "add a quote");
    }
    position++;
    return new SieveToken.Quoted(begin, withCrlf(value.toString()));
  }

  /** {@code text:}, lines, and a line with a dot (RFC 5228 §2.4.2). */
  private SieveToken multiLine() throws BadScriptException {
    int begin = line;
    while (position < text.length() && " \t\r".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    if (position < text.length() && text.charAt(position) == '#') {
      skipLine();
    }
    if (position >= text.length() || text.charAt(position) != '\n') {
      throw new BadScriptException(begin, "words behind text:", "begin the text on a new line");
    }
    advance();
    var value = new StringBuilder();
    while (position < text.length()) {
      String content = line();
      if (content.equals(".")) {
        return new SieveToken.Quoted(begin, value.toString());
      }
      // A dot in front of a dot is not part of the text.
      value.append(content.startsWith(".") ? content.substring(1) : content).append("\r\n");
    }
    throw new BadScriptException(begin, "text: has no end", "add a line with a dot alone");
  }

  private String line() {
    int end = text.indexOf('\n', position);
    String content = text.substring(position, end < 0 ? text.length() : end);
    position = end < 0 ? text.length() : end + 1;
    line++;
    return content.endsWith("\r") ? content.substring(0, content.length() - 1) : content;
  }

  private static String withCrlf(String value) {
    return value.indexOf('\n') < 0 ? value : value.replace("\r\n", "\n").replace("\n", "\r\n");
  }
}
