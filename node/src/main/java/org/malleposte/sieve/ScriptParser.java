package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.sieve.SyntaxNode.Argument;

/** Words to commands and tests (RFC 5228 §8.2). Pure; knows no command by name. */
final class ScriptParser {
  private final SieveLexer lexer;
  private SieveToken token;

  private ScriptParser(String text) throws BadScriptException {
    lexer = new SieveLexer(text);
    token = lexer.next();
  }

  static List<SyntaxNode> parse(String text) throws BadScriptException {
    var parser = new ScriptParser(text);
    var commands = parser.commands(0);
    if (!(parser.token instanceof SieveToken.End)) {
      throw parser.unexpected("a command");
    }
    return commands;
  }

  private List<SyntaxNode> commands(int depth) throws BadScriptException {
    if (depth > SieveLimits.NESTING_MAX) {
      throw new BadScriptException(
          token.line(),
          "blocks are nested deeper than " + SieveLimits.NESTING_MAX,
          "use elsif, allof or include");
    }
    var commands = new ArrayList<SyntaxNode>();
    while (token instanceof SieveToken.Identifier(int line, String name)) {
      advance();
      var arguments = arguments();
      var tests = tests(depth);
      if (isMark('{')) {
        advance();
        var block = commands(depth + 1);
        expect('}');
        commands.add(node(line, name, arguments, tests, Optional.of(block)));
      } else {
        expect(';');
        commands.add(node(line, name, arguments, tests, Optional.empty()));
      }
    }
    return commands;
  }

  private List<SyntaxNode> tests(int depth) throws BadScriptException {
    if (token instanceof SieveToken.Identifier) {
      return List.of(test(depth + 1));
    }
    if (!isMark('(')) {
      return List.of();
    }
    var tests = new ArrayList<SyntaxNode>();
    do {
      advance();
      tests.add(test(depth + 1));
    } while (isMark(','));
    expect(')');
    return tests;
  }

  private SyntaxNode test(int depth) throws BadScriptException {
    if (depth > SieveLimits.NESTING_MAX) {
      throw new BadScriptException(
          token.line(),
          "tests are nested deeper than " + SieveLimits.NESTING_MAX,
          "join them in one allof or anyof");
    }
    if (!(token instanceof SieveToken.Identifier(int line, String name))) {
      throw unexpected("a test");
    }
    advance();
    var arguments = arguments();
    return node(line, name, arguments, tests(depth), Optional.empty());
  }

  private List<Argument> arguments() throws BadScriptException {
    var arguments = new ArrayList<Argument>();
    while (true) {
      switch (token) {
        case SieveToken.Tag(int line, String name) -> arguments.add(new Argument.Tag(line, name));
        case SieveToken.Number(int line, long value) ->
            arguments.add(new Argument.Number(line, value));
        case SieveToken.Quoted(int line, String value) ->
            arguments.add(new Argument.Strings(line, List.of(value), false));
        case SieveToken.Mark(int line, char sign) when sign == '[' -> {
          arguments.add(list(line));
          continue;
        }
        case SieveToken.Mark _, SieveToken.Identifier _, SieveToken.End _ -> {
          return arguments;
        }
      }
      advance();
    }
  }

  private Argument list(int line) throws BadScriptException {
    var values = new ArrayList<String>();
    do {
      advance();
      if (!(token instanceof SieveToken.Quoted(int _, String value))) {
        throw unexpected("a string");
      }
      values.add(value);
      advance();
    } while (isMark(','));
    expect(']');
    return new Argument.Strings(line, values, true);
  }

  private static SyntaxNode node(
      int line,
      String name,
      List<Argument> arguments,
      List<SyntaxNode> tests,
      Optional<List<SyntaxNode>> block) {
    return new SyntaxNode(line, name.toLowerCase(Locale.ROOT), arguments, tests, block);
  }

  private boolean isMark(char wanted) {
    return token instanceof SieveToken.Mark(int _, char sign) && sign == wanted;
  }

  private void expect(char wanted) throws BadScriptException {
    if (!isMark(wanted)) {
      throw unexpected("'" + wanted + "'");
    }
    advance();
  }

  private void advance() throws BadScriptException {
    token = lexer.next();
  }

  private BadScriptException unexpected(String wanted) {
    String found =
        switch (token) {
          case SieveToken.Identifier(int _, String name) -> "'" + name + "'";
          case SieveToken.Tag(int _, String name) -> "':" + name + "'";
          case SieveToken.Number _ -> "a number";
          case SieveToken.Quoted _ -> "a string";
          case SieveToken.Mark(int _, char sign) -> "'" + sign + "'";
          case SieveToken.End _ -> "the end of the script";
        };
    return new BadScriptException(
        token.line(), "found " + found + " where " + wanted + " must be", "put it there");
  }
}
