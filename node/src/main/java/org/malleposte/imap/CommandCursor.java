package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.malleposte.imap.FramedCommand.Part;

/**
 * Reads the words of a command (RFC 3501 §9). Strings have one character a byte. Reads within the
 * command, so all is bounded by its size.
 */
final class CommandCursor {
  /** No byte of the text: its end, or a literal. */
  private static final int NOTHING = -1;

  private final List<Part> parts;
  private int part;
  private int position;

  CommandCursor(FramedCommand command) {
    parts = command.parts();
  }

  /** The next byte of the text; negative at its end and before a literal. */
  int peek() {
    return parts.get(part) instanceof Part.Text(var bytes) && position < bytes.length
        ? bytes[position] & 0xff
        : NOTHING;
  }

  boolean atEnd() {
    return peek() == NOTHING && part == parts.size() - 1;
  }

  boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    position++;
    return true;
  }

  /** Takes just this, in any case, or nothing. */
  boolean takeWord(String word) {
    if (!(parts.get(part) instanceof Part.Text(var bytes))
        || bytes.length - position < word.length()) {
      return false;
    }
    var next = new String(bytes, position, word.length(), StandardCharsets.ISO_8859_1);
    if (!next.equalsIgnoreCase(word)) {
      return false;
    }
    position += word.length();
    return true;
  }

  /**
   * Takes a word in any case, if it and no longer one is next.
   *
   * @param word in capitals
   */
  boolean takeWholeWord(String word) {
    int end = position + word.length();
    boolean next =
        parts.get(part) instanceof Part.Text(var bytes)
            && end <= bytes.length
            && new String(bytes, position, word.length(), StandardCharsets.ISO_8859_1)
                .equalsIgnoreCase(word)
            && (end == bytes.length || !isAtomChar(bytes[end] & 0xff));
    position = next ? end : position;
    return next;
  }

  void expect(char c) throws ImapSyntaxException {
    if (!take(c)) {
      throw new ImapSyntaxException(c == ' ' ? "Missing argument" : "Missing '" + c + "'");
    }
  }

  void space() throws ImapSyntaxException {
    expect(' ');
  }

  /** Nothing may follow; a space at the end is forgiven. */
  void end() throws ImapSyntaxException {
    while (take(' ')) {
      // Clients that end a line with a space are old and many.
    }
    if (!atEnd()) {
      throw new ImapSyntaxException("Too many arguments");
    }
  }

  String tag() throws ImapSyntaxException {
    String tag = run(c -> isAstringChar(c) && c != '+');
    if (tag.isEmpty() || tag.length() > ImapLimits.TAG_MAX_CHARACTERS) {
      throw new ImapSyntaxException("Invalid tag");
    }
    return tag;
  }

  String atom() throws ImapSyntaxException {
    return notEmpty(run(CommandCursor::isAtomChar));
  }

  /** Letters, digits, dots: the name of a fetch item or of a section. */
  String word() {
    return run(c -> c < 0x80 && Character.isLetterOrDigit(c) || c == '.');
  }

  String astring() throws ImapSyntaxException {
    return isString() ? string() : notEmpty(run(CommandCursor::isAstringChar));
  }

  String listPattern() throws ImapSyntaxException {
    return isString() ? string() : notEmpty(run(c -> isAstringChar(c) || c == '%' || c == '*'));
  }

  String string() throws ImapSyntaxException {
    return peek() == '"' ? quoted() : literal();
  }

  /** {@code NIL} is empty. */
  String nstring() throws ImapSyntaxException {
    if (isString()) {
      return string();
    }
    if (!atom().equalsIgnoreCase("NIL")) {
      throw new ImapSyntaxException("String expected");
    }
    return "";
  }

  boolean isString() {
    return peek() == '"' || isLiteral();
  }

  /** The message of an APPEND. */
  Upload upload() throws ImapSyntaxException {
    if (!isLiteral()) {
      throw new ImapSyntaxException("Literal expected");
    }
    return switch (nextLiteral()) {
      case Part.Uploaded(var upload) -> upload;
      case Part.Dropped(var reply) -> throw new ImapSyntaxException(reply);
      case Part.Literal _, Part.Text _ -> throw new ImapSyntaxException("Message expected");
    };
  }

  /** 32 bits unsigned. */
  long number() throws ImapSyntaxException {
    return number(0xffff_ffffL);
  }

  /** 63 bits: a MODSEQ, a size. */
  long bigNumber() throws ImapSyntaxException {
    return number(Long.MAX_VALUE);
  }

  String flag() throws ImapSyntaxException {
    return take('\\') ? "\\" + atom() : atom();
  }

  /** {@code (item item ...)}; may be empty. */
  <T> List<T> list(int max, Item<T> item) throws ImapSyntaxException {
    var items = new ArrayList<T>();
    expect('(');
    if (take(')')) {
      return items;
    }
    do {
      if (items.size() == max) {
        throw new ImapSyntaxException("Too many items in a list");
      }
      items.add(item.read());
    } while (take(' '));
    expect(')');
    return items;
  }

  /** Reads one item of a list. */
  @FunctionalInterface
  interface Item<T> {
    T read() throws ImapSyntaxException;
  }

  private interface ByteTest {
    boolean test(int c);
  }

  private boolean isLiteral() {
    return peek() == NOTHING && part < parts.size() - 1;
  }

  private Part nextLiteral() {
    Part literal = parts.get(part + 1);
    part += 2;
    position = 0;
    return literal;
  }

  private String literal() throws ImapSyntaxException {
    if (!isLiteral()) {
      throw new ImapSyntaxException("String expected");
    }
    return switch (nextLiteral()) {
      case Part.Literal(var bytes) -> new String(bytes, StandardCharsets.ISO_8859_1);
      case Part.Dropped(var reply) -> throw new ImapSyntaxException(reply);
      case Part.Uploaded _, Part.Text _ -> throw new ImapSyntaxException("String expected");
    };
  }

  private String quoted() throws ImapSyntaxException {
    var text = new StringBuilder();
    expect('"');
    while (!take('"')) {
      int c = peek();
      if (c == '\\') {
        position++;
        c = peek();
      }
      if (c == NOTHING || c == 0) {
        throw new ImapSyntaxException("Missing '\"'");
      }
      text.append((char) c);
      position++;
    }
    return text.toString();
  }

  private long number(long max) throws ImapSyntaxException {
    String digits = notEmpty(run(c -> c >= '0' && c <= '9'));
    try {
      long value = Long.parseLong(digits);
      if (value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through: more than 63 bits.
    }
    throw new ImapSyntaxException("Number too large");
  }

  private String run(ByteTest test) {
    var text = new StringBuilder();
    for (int c = peek(); c >= 0 && test.test(c); c = peek()) {
      text.append((char) c);
      position++;
    }
    return text.toString();
  }

  private static String notEmpty(String word) throws ImapSyntaxException {
    if (word.isEmpty()) {
      throw new ImapSyntaxException("Invalid argument");
    }
    return word;
  }

  private static boolean isAstringChar(int c) {
    return isAtomChar(c) || c == ']';
  }

  private static boolean isAtomChar(int c) {
    return c > 0x20 && c < 0x7f && "(){%*\"\\]".indexOf(c) < 0;
  }
}
