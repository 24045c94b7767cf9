package org.malleposte.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.ConfigResult;
import org.malleposte.config.EffectiveConfig;
import org.malleposte.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "check",
    description = {
      "Check configuration and tables, and print the configuration in force.",
      "",
      "Mistakes go to stderr, one a line: \"file:line: what; the remedy\". The status is 1 when"
          + " there is one. Every key can also be set by the environment: node.role is"
          + " MALLEPOSTE_NODE_ROLE; a list of listeners is given as [{listen: 0.0.0.0:25}]."
    })
final class CheckCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private final ConfigOption config;

  @Option(names = "--json", description = "Print configuration and mistakes as JSON.")
  private boolean json;

  CheckCommand(CliContext context) {
    this.context = context;
    this.config = new ConfigOption(context);
  }

  @Override
  public Integer call() {
    ConfigResult result = config.load();
    if (json) {
      context.out().println(Json.pretty(json(result)));
    } else {
      print(result);
    }
    return result instanceof ConfigResult.Loaded ? ExitStatus.OK : ExitStatus.NO;
  }

  private void print(ConfigResult result) {
    result.problems().forEach(context.err()::println);
    if (result instanceof ConfigResult.Loaded(var _, EffectiveConfig effective, var _)) {
      context.out().print(effective.toYaml());
    }
  }

  private static Map<String, Object> json(ConfigResult result) {
    List<Map<String, Object>> problems =
        result.problems().stream().map(CheckCommand::json).toList();
    return switch (result) {
      case ConfigResult.Loaded(var _, EffectiveConfig effective, var _) ->
          Json.object("ok", true, "problems", problems, "config", effective.toMap());
      case ConfigResult.Refused _ -> Json.object("ok", false, "problems", problems);
    };
  }

  private static Map<String, Object> json(ConfigProblem problem) {
    return Json.object(
        "severity",
        problem.isError() ? "error" : "warning",
        "where",
        problem.where(),
        "what",
        problem.what(),
        "remedy",
        problem.remedy());
  }
}
