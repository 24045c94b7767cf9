package org.malleposte.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * As much of m4 as {@code sendmail.mc} files use: quotes, {@code dnl}, {@code define}, {@code
 * ifdef}, {@code ifelse}, {@code divert}, and calls, which it hands to a {@link Sink}. Macros of
 * the file itself are expanded; those of sendmail's own library are not known here.
 */
final class M4Reader {
  /** What expansion may add, in characters: a macro that names itself would never end. */
  static final int MAX_EXPANSION_CHARACTERS = 1 << 20;

  /** Takes what is found, in order. */
  interface Sink {
    /** A call such as {@code FEATURE(`x', `y')}; without parentheses there are no arguments. */
    void call(int line, String name, List<String> arguments);

    /** A line of output that is no call. */
    void text(int line, String text);

    /** The text that {@code include(file)} and {@code sinclude(file)} put in their place. */
    default String included(String file) {
      return "";
    }
  }

  private static final int END = -1;

  private final String text;
  private final Sink sink;
  private final Map<String, String> macros;

  /** What is to be read before the rest of the text, its end first: it is taken from there. */
  private final StringBuilder pushed = new StringBuilder();

  private final StringBuilder output = new StringBuilder();
  private int at;
  private int line = 1;
  private int outputLine = 1;
  private int expanded;
  private boolean diverted;

  M4Reader(String text, Sink sink) {
    this(text, sink, new HashMap<>());
  }

  private M4Reader(String text, Sink sink, Map<String, String> macros) {
    this.text = text;
    this.sink = sink;
    this.macros = macros;
  }

  /** Reads all. */
  void read() {
    for (int c = next(); c != END; c = next()) {
      if (c == '#') {
        comment();
      } else if (c == '`') {
        output.append(quoted());
      } else if (isNameStart(c)) {
        word(name(c));
      } else {
        put((char) c);
      }
    }
    put('\n');
  }

  /** The final text of a macro that the file has defined, with all macros in it expanded. */
  String valueOf(String name) {
    var result = new StringBuilder();
    var inner =
        new M4Reader(
            macros.getOrDefault(name, ""),
            new Sink() {
              @Override
              public void call(int line, String name, List<String> arguments) {
                // A call of sendmail's library within a value: its text is not known.
              }

              @Override
              public void text(int line, String text) {
                result.append(result.isEmpty() ? "" : "\n").append(text);
              }
            },
            macros);
    inner.read();
    return result.toString();
  }

  Map<String, String> macros() {
    return macros;
  }

  private void word(String word) {
    int start = line;
    boolean call = peek() == '(';
    if (word.equals("dnl")) {
      skipLine();
    } else if (macros.containsKey(word)) {
      if (call) {
        arguments();
      }
      push(macros.get(word));
    } else if (call) {
      builtin(start, word, arguments());
    } else if (M4Words.isSection(word)) {
      sink.call(start, word, List.of());
    } else if (word.equals("divert")) {
      diverted = false;
    } else {
      output.append(word);
    }
  }

  private void builtin(int start, String word, List<String> arguments) {
    switch (word) {
      case "define" -> {
        macros.put(argument(arguments, 0), argument(arguments, 1));
        sink.call(start, word, arguments);
      }
      case "undefine" -> {
        macros.remove(argument(arguments, 0));
        sink.call(start, word, arguments);
      }
      case "divert" -> diverted = argument(arguments, 0).startsWith("-");
      case "ifdef" -> push(argument(arguments, macros.containsKey(argument(arguments, 0)) ? 1 : 2));
      case "ifelse" -> push(ifElse(arguments));
      case "include", "sinclude" -> {
        sink.call(start, word, arguments);
        push(sink.included(argument(arguments, 0).strip()));
      }
      case "undivert", "errprint" -> {
        // Nothing of ours is diverted, and messages of the file are for make.
      }
      default -> {
        if (M4Words.isLibrary(word)) {
          sink.call(start, word, arguments);
        } else {
          output.append(word).append('(').append(String.join(",", arguments)).append(')');
        }
      }
    }
  }

  private static String ifElse(List<String> arguments) {
    int at = 0;
    for (; arguments.size() - at >= 3; at += 3) {
      if (arguments.get(at).equals(arguments.get(at + 1))) {
        return arguments.get(at + 2);
      }
    }
    return argument(arguments, at);
  }

  private static String argument(List<String> arguments, int n) {
    return n < arguments.size() ? arguments.get(n) : "";
  }

  private List<String> arguments() {
    next();
    var arguments = new ArrayList<String>();
    var current = new StringBuilder();
    int depth = 0;
    for (int c = next(); c != END; c = next()) {
      if (c == '`') {
        current.append(quoted());
      } else if (c == ',' && depth == 0) {
        arguments.add(current.toString());
        current.setLength(0);
      } else if (c == ')' && depth-- == 0) {
        break;
      } else if (isNameStart(c)) {
        wordInArgument(name(c), current);
      } else if (!current.isEmpty() || c > ' ') {
        depth += c == '(' ? 1 : 0;
        current.append((char) c);
      }
    }
    arguments.add(current.toString());
    return arguments;
  }

  private void wordInArgument(String word, StringBuilder current) {
    if (word.equals("dnl")) {
      skipLine();
    } else if (macros.containsKey(word)) {
      push(macros.get(word));
    } else {
      current.append(word);
    }
  }

  private String quoted() {
    var inside = new StringBuilder();
    int depth = 1;
    for (int c = next(); c != END; c = next()) {
      depth += c == '`' ? 1 : c == '\'' ? -1 : 0;
      if (depth == 0) {
        break;
      }
      inside.append((char) c);
    }
    return inside.toString();
  }

  private String name(int first) {
    var name = new StringBuilder().append((char) first);
    while (isNameStart(peek()) || peek() >= '0' && peek() <= '9') {
      name.append((char) next());
    }
    return name.toString();
  }

  private static boolean isNameStart(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private void comment() {
    while (peek() != '\n' && peek() != END) {
      next();
    }
  }

  private void skipLine() {
    for (int c = next(); c != '\n' && c != END; c = next()) {
      // dnl takes the end of the line with it
    }
    if (output.isEmpty()) {
      outputLine = line;
    }
  }

  private void put(char c) {
    if (c != '\n') {
      output.append(c);
      return;
    }
    if (!diverted && !output.toString().isBlank()) {
      sink.text(outputLine, output.toString());
    }
    output.setLength(0);
    outputLine = line;
  }

  private void push(String expansion) {
    expanded += expansion.length();
    if (expanded > MAX_EXPANSION_CHARACTERS) {
      throw new IllegalArgumentException("macros never end, they expand into themselves");
    }
    for (int i = expansion.length() - 1; i >= 0; i--) {
      pushed.append(expansion.charAt(i));
    }
  }

  private int peek() {
    if (!pushed.isEmpty()) {
      return pushed.charAt(pushed.length() - 1);
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  private int next() {
    int c = peek();
    if (!pushed.isEmpty()) {
      pushed.setLength(pushed.length() - 1);
    } else if (c != END) {
      at++;
      line += c == '\n' ? 1 : 0;
    }
    return c;
  }
}
