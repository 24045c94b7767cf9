package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.malleposte.sieve.SyntaxNode.Argument;

/**
 * The arguments of one command or test while they are read: tags first, in any order; then those
 * that go by position. What is left at the {@link #end} is an error.
 */
final class Arguments {
  private final SyntaxNode node;
  private final Set<SieveExtension> active;
  private final List<Argument> left;

  /**
   * @param active what the script has required
   */
  Arguments(SyntaxNode node, Set<SieveExtension> active) {
    this.node = node;
    this.active = EnumSet.copyOf(active);
    this.left = new ArrayList<>(node.arguments());
  }

  boolean has(SieveExtension extension) {
    return active.contains(extension);
  }

  void needs(SieveExtension extension, String what) throws BadScriptException {
    if (!has(extension)) {
      throw error(what + " is not known here", "add require \"" + extension.word() + "\"");
    }
  }

  boolean flag(String tag) throws BadScriptException {
    return take(tag) >= 0;
  }

  boolean flag(String tag, SieveExtension extension) throws BadScriptException {
    boolean found = flag(tag);
    if (found) {
      needs(extension, ":" + tag);
    }
    return found;
  }

  Optional<Text> text(String tag) throws BadScriptException {
    var found = value(tag);
    return found.isEmpty() ? Optional.empty() : Optional.of(one(found.get()));
  }

  Optional<List<Text>> texts(String tag) throws BadScriptException {
    var found = value(tag);
    return found.isEmpty() ? Optional.empty() : Optional.of(many(found.get()));
  }

  OptionalLong number(String tag) throws BadScriptException {
    var found = value(tag);
    return found.isEmpty() ? OptionalLong.empty() : OptionalLong.of(numeric(found.get()));
  }

  Optional<String> constant(String tag) throws BadScriptException {
    var found = text(tag);
    return found.isEmpty() ? Optional.empty() : Optional.of(constant(found.get()));
  }

  /** How many arguments have not been read. */
  int remaining() {
    return left.size();
  }

  Text text() throws BadScriptException {
    return one(next("a string"));
  }

  List<Text> texts() throws BadScriptException {
    return many(next("a string or a list of strings"));
  }

  String constant() throws BadScriptException {
    return constant(text());
  }

  List<String> constants() throws BadScriptException {
    var constants = new ArrayList<String>();
    for (Text text : texts()) {
      constants.add(constant(text));
    }
    return constants;
  }

  long number() throws BadScriptException {
    return numeric(next("a number"));
  }

  void end() throws BadScriptException {
    if (left.isEmpty()) {
      return;
    }
    throw switch (left.getFirst()) {
      case Argument.Tag(int line, String name) ->
          new BadScriptException(
              line, "'" + node.name() + "' has no :" + name, "remove it, or require what has it");
      case Argument.Number _, Argument.Strings _ ->
          error("'" + node.name() + "' has too many arguments", "remove the last");
    };
  }

  BadScriptException error(String what, String remedy) {
    return new BadScriptException(node.line(), what, remedy);
  }

  /** Removes a tag; its place, or -1. */
  private int take(String tag) throws BadScriptException {
    int at = find(tag);
    if (at >= 0) {
      left.remove(at);
      if (find(tag) >= 0) {
        throw error(":" + tag + " is given twice", "remove one");
      }
    }
    return at;
  }

  private int find(String tag) {
    for (int i = 0; i < left.size(); i++) {
      if (left.get(i) instanceof Argument.Tag(int _, String name) && name.equals(tag)) {
        return i;
      }
    }
    return -1;
  }

  private Optional<Argument> value(String tag) throws BadScriptException {
    int at = take(tag);
    if (at < 0) {
      return Optional.empty();
    }
    if (at >= left.size() || left.get(at) instanceof Argument.Tag) {
      throw error(":" + tag + " has no value", "write it behind the tag");
    }
    return Optional.of(left.remove(at));
  }

  private Argument next(String wanted) throws BadScriptException {
    if (left.isEmpty()) {
      throw error("'" + node.name() + "' lacks " + wanted, "add it");
    }
    if (left.getFirst() instanceof Argument.Tag) {
      end();
    }
    return left.removeFirst();
  }

  private Text one(Argument argument) throws BadScriptException {
    if (argument instanceof Argument.Strings(int line, var values, boolean list) && !list) {
      return text(line, values.getFirst());
    }
    throw new BadScriptException(
        argument.line(), "'" + node.name() + "' takes one string here", "write one string");
  }

  private List<Text> many(Argument argument) throws BadScriptException {
    if (argument instanceof Argument.Strings(int line, var values, boolean _)) {
      var texts = new ArrayList<Text>();
      for (String value : values) {
        texts.add(text(line, value));
      }
      return List.copyOf(texts);
    }
    throw new BadScriptException(
        argument.line(), "'" + node.name() + "' takes strings here", "write a string");
  }

  private long numeric(Argument argument) throws BadScriptException {
    if (argument instanceof Argument.Number(int _, long value)) {
      return value;
    }
    throw new BadScriptException(
        argument.line(), "'" + node.name() + "' takes a number here", "write a number, no quotes");
  }

  // RFC 5229 §3: encoded characters come first.
  private Text text(int line, String value) throws BadScriptException {
    var decoded =
        has(SieveExtension.ENCODED_CHARACTER) ? TextReader.decoded(value) : Optional.of(value);
    if (decoded.isEmpty()) {
      throw new BadScriptException(
          line, "an encoded character does not exist", "use one of Unicode, or bytes of UTF-8");
    }
    return has(SieveExtension.VARIABLES)
        ? TextReader.withVariables(decoded.get())
        : Text.of(decoded.get());
  }

  private String constant(Text text) throws BadScriptException {
    return switch (text) {
      case Text.Constant(var value) -> value;
      case Text.Composed _ ->
          throw error("a variable cannot be used here", "write the text itself");
    };
  }

  /** A name in lower case, as variables and fields compare. */
  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
