package org.malleposte.mime;

import java.util.Optional;

/** The words of RFC 5322 addresses; every method skips the white space and comments after it. */
final class AddressCursor {
  private static final String SPECIALS = "()<>[]:;@\\,.\"";

  private final String text;
  private int position;
  private String comment;

  AddressCursor(String text) {
    this.text = text;
  }

  int position() {
    return position;
  }

  void moveTo(int newPosition) {
    position = newPosition;
  }

  boolean atEnd() {
    return position >= text.length();
  }

  /** NUL at the end. */
  char peek() {
    return atEnd() ? 0 : text.charAt(position);
  }

  boolean take(char c) {
    if (peek() != c || atEnd()) {
      return false;
    }
    position++;
    skipSpace();
    return true;
  }

  void skipOne() {
    if (peek() == '"') {
      quoted();
    } else {
      position++;
    }
    skipSpace();
  }

  void forgetComment() {
    comment = null;
  }

  /** The last comment that was skipped. */
  Optional<String> comment() {
    return Optional.ofNullable(comment).filter(c -> !c.isEmpty());
  }

  /** Words with one space between; dots are taken as parts of words, as everybody writes them. */
  String phrase() {
    skipSpace();
    var words = new StringBuilder();
    while (!atEnd() && (peek() == '"' || peek() == '.' || isAtomChar(peek()))) {
      int start = position;
      String word = peek() == '"' ? quoted() : atom();
      int end = position;
      skipSpace();
      words.append(word);
      if (end < position && start < end) {
        words.append(' ');
      }
    }
    return words.toString().stripTrailing();
  }

  String localPart() {
    skipSpace();
    return peek() == '"' ? spaceAfter(quoted()) : dotted();
  }

  String domain() {
    skipSpace();
    if (peek() != '[') {
      return dotted();
    }
    int start = position;
    while (!atEnd() && peek() != ']') {
      position++;
    }
    position = Math.min(position + 1, text.length());
    return spaceAfter(text.substring(start, position));
  }

  /** {@code @a,@b} of an obsolete route. */
  String route() {
    var route = new StringBuilder();
    while (take('@')) {
      route.append(route.isEmpty() ? "@" : ",@").append(domain());
      while (take(',')) {
        skipSpace();
      }
    }
    return route.toString();
  }

  void skipSpace() {
    while (!atEnd()) {
      char c = peek();
      if (c == '(') {
        comment = skipComment();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        position++;
      } else {
        return;
      }
    }
  }

  private String skipComment() {
    var content = new StringBuilder();
    int depth = 0;
    while (!atEnd()) {
      char c = text.charAt(position++);
      if (c == '(' && depth++ == 0 || c == ')' && --depth == 0) {
        if (c == ')') {
          break;
        }
        continue;
      }
      if (c == '\\' && !atEnd()) {
        c = text.charAt(position++);
      }
      content.append(c);
    }
    return content.toString().strip();
  }

  /** Atoms and dots, with white space around the dots dropped. */
  private String dotted() {
    var parts = new StringBuilder();
    while (!atEnd()) {
      String atom = atom();
      skipSpace();
      parts.append(atom);
      boolean goesOn =
          parts.length() > 0 && (peek() == '.' || parts.charAt(parts.length() - 1) == '.');
      if (atom.isEmpty() || !goesOn) {
        break;
      }
    }
    return parts.toString();
  }

  private String atom() {
    int start = position;
    while (!atEnd() && (isAtomChar(peek()) || peek() == '.')) {
      position++;
    }
    return text.substring(start, position);
  }

  private String quoted() {
    var content = new StringBuilder();
    position++;
    while (!atEnd() && peek() != '"') {
      if (peek() == '\\' && position + 1 < text.length()) {
        position++;
      }
      content.append(text.charAt(position++));
    }
    position = Math.min(position + 1, text.length());
    return content.toString();
  }

  private String spaceAfter(String word) {
    skipSpace();
    return word;
  }

  private static boolean isAtomChar(char c) {
    return c > 0x20 && c != 0x7f && SPECIALS.indexOf(c) < 0;
  }
}
