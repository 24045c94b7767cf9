package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives a script its meaning: control commands here, actions in {@link ActionReader}. Errors are
 * gathered command by command, so that an author sees more than the first.
 */
final class ScriptReader {
  /** Scripts that were read for one main script, so that each is read once. */
  private static final class Included {
    final Map<String, Optional<List<SieveCommand>>> read = new LinkedHashMap<>();
    final ScriptSource source;

    Included(ScriptSource source) {
      this.source = source;
    }
  }

  private final Included included;
  private final int depth;
  private final Set<SieveExtension> active =
      EnumSet.of(SieveExtension.OCTET, SieveExtension.ASCII_CASEMAP);
  private final TestReader tests = new TestReader(active);
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final List<ScriptProblem> warnings = new ArrayList<>();

  private ScriptReader(Included included, int depth) {
    this.included = included;
    this.depth = depth;
  }

  static CompiledScript read(String text, ScriptSource source) {
    return new ScriptReader(new Included(source), 0).script(text);
  }

  private CompiledScript script(String text) {
    List<SyntaxNode> nodes;
    try {
      nodes = ScriptParser.parse(text);
    } catch (BadScriptException e) {
      return new CompiledScript.Invalid(List.of(e.problem()));
    }
    int at = requires(nodes);
    var commands = block(nodes.subList(at, nodes.size()));
    return problems.isEmpty()
        ? new CompiledScript.Valid(new SieveScript(commands), warnings)
        : new CompiledScript.Invalid(problems);
  }

  /** RFC 5228 §3.2: they come first. */
  private int requires(List<SyntaxNode> nodes) {
    int at = 0;
    while (at < nodes.size() && nodes.get(at).name().equals("require")) {
      var node = nodes.get(at++);
      try {
        require(node);
      } catch (BadScriptException e) {
        problem(e.problem());
      }
    }
    return at;
  }

  private void require(SyntaxNode node) throws BadScriptException {
    var arguments = new Arguments(node, EnumSet.of(SieveExtension.OCTET));
    for (String word : arguments.constants()) {
      var extension = SieveExtension.find(word);
      if (extension.isEmpty()) {
        throw arguments.error(
            "there is no extension \"" + word + "\"", "do without it, or ask with ihave");
      }
      active.add(extension.get());
    }
    if (active.contains(SieveExtension.VACATION_SECONDS)) {
      active.add(SieveExtension.VACATION); // RFC 6131 §2
    }
    arguments.end();
  }

  private List<SieveCommand> block(List<SyntaxNode> nodes) {
    var commands = new ArrayList<SieveCommand>();
    int at = 0;
    while (at < nodes.size()) {
      var node = nodes.get(at++);
      try {
        if (node.name().equals("if")) {
          int end = at;
          while (end < nodes.size() && isContinued(nodes.get(end))) {
            end++;
          }
          commands.add(branches(nodes.subList(at - 1, end)));
          at = end;
        } else {
          commands.add(command(node));
        }
      } catch (BadScriptException e) {
        problem(e.problem());
      }
    }
    return List.copyOf(commands);
  }

  private static boolean isContinued(SyntaxNode node) {
    return node.name().equals("elsif") || node.name().equals("else");
  }

  private SieveCommand branches(List<SyntaxNode> nodes) throws BadScriptException {
    var branches = new ArrayList<SieveCommand.Branch>();
    List<SieveCommand> otherwise = List.of();
    for (int i = 0; i < nodes.size(); i++) {
      var node = nodes.get(i);
      var arguments = new Arguments(node, active);
      arguments.end();
      if (node.block().isEmpty()) {
        throw arguments.error("'" + node.name() + "' lacks its block", "add { and }");
      }
      if (node.name().equals("else")) {
        if (!node.tests().isEmpty() || i < nodes.size() - 1) {
          throw arguments.error("'else' is last, without a test", "use elsif");
        }
        otherwise = block(node.block().get());
      } else {
        if (node.tests().size() != 1) {
          throw arguments.error("'" + node.name() + "' takes one test", "use allof or anyof");
        }
        var test = tests.read(node.tests().getFirst());
        // RFC 5463 §4: what is guarded by an ihave that fails may be unknown.
        branches.add(
            new SieveCommand.Branch(
                test, TestReader.isNever(test) ? List.of() : block(node.block().get())));
      }
    }
    return new SieveCommand.If(nodes.getFirst().line(), List.copyOf(branches), otherwise);
  }

  private SieveCommand command(SyntaxNode node) throws BadScriptException {
    var arguments = new Arguments(node, active);
    if (node.block().isPresent() || !node.tests().isEmpty()) {
      throw arguments.error(
          "'" + node.name() + "' is no command with a test or a block", "end it with a semicolon");
    }
    int line = node.line();
    var command =
        switch (node.name()) {
          case "require" ->
              throw arguments.error("'require' comes too late", "move it to the beginning");
          case "elsif", "else" ->
              throw arguments.error("'" + node.name() + "' without 'if'", "begin with if");
          case "stop" -> new SieveCommand.Stop(line);
          case "error" -> {
            arguments.needs(SieveExtension.IHAVE, "'error'");
            yield new SieveCommand.Fail(line, arguments.text());
          }
          case "include" -> include(line, arguments);
          case "return" -> {
            arguments.needs(SieveExtension.INCLUDE, "'return'");
            yield new SieveCommand.Return(line);
          }
          case "global" -> {
            arguments.needs(SieveExtension.INCLUDE, "'global'");
            arguments.needs(SieveExtension.VARIABLES, "'global'");
            yield new SieveCommand.Global(line, ActionReader.variables(arguments));
          }
          default -> ActionReader.read(node.name(), line, arguments);
        };
    arguments.end();
    return command;
  }

  private SieveCommand include(int line, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.INCLUDE, "'include'");
    boolean global = arguments.flag("global");
    boolean personal = arguments.flag("personal");
    boolean once = arguments.flag("once");
    boolean optional = arguments.flag("optional");
    if (global && personal) {
      throw arguments.error("both :personal and :global", "keep one");
    }
    String name = arguments.constant();
    if (depth >= SieveLimits.INCLUDE_DEPTH_MAX) {
      throw arguments.error("scripts include each other too deeply", "break the circle");
    }
    var location = global ? ScriptSource.Location.GLOBAL : ScriptSource.Location.PERSONAL;
    String key = location + " " + name;
    var script = included.read.get(key);
    if (script == null) {
      if (included.read.size() >= SieveLimits.INCLUDES_MAX) {
        throw arguments.error("more scripts are included than allowed", "join some");
      }
      script = read(line, location, name);
      included.read.put(key, script);
    }
    if (script.isEmpty() && !optional) {
      warnings.add(
          new ScriptProblem(line, "there is no script \"" + name + "\" yet", "put it here too"));
    }
    return new SieveCommand.Include(line, key, once, optional, script);
  }

  private Optional<List<SieveCommand>> read(int line, ScriptSource.Location location, String name)
      throws BadScriptException {
    var text = included.source.find(location, name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return switch (new ScriptReader(included, depth + 1).script(text.get())) {
      case CompiledScript.Valid(var script, var more) -> {
        warnings.addAll(more);
        yield Optional.of(script.commands());
      }
      case CompiledScript.Invalid(var wrong) ->
          throw new BadScriptException(
              line,
              "the included script \"" + name + "\" has an error in " + wrong.getFirst(),
              "mend that script");
    };
  }

  private void problem(ScriptProblem problem) {
    if (problems.size() < SieveLimits.PROBLEMS_MAX) {
      problems.add(problem);
    }
  }
}
