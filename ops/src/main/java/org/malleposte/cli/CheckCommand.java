package org.malleposte.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.ConfigResult;
import org.malleposte.config.DovecotNote;
import org.malleposte.config.EffectiveConfig;
import org.malleposte.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "check",
    description = {
      "Check configuration, tables and accounts, and print the configuration in force.",
      "",
      "Mistakes go to stderr, one a line: \"file:line: what; the remedy\". The status is 1 when"
          + " there is one. Every key can also be set by the environment: node.role is"
          + " MALLEPOSTE_NODE_ROLE; a list of listeners is given as [{listen: 0.0.0.0:25}].",
      "",
      "What became of each line of sendmail.mc and dovecot.conf follows the configuration, as comments."
    })
final class CheckCommand implements Callable<Integer> {
  private record Findings(
      List<ConfigProblem> problems,
      Optional<EffectiveConfig> effective,
      List<SendmailLine> sendmail,
      List<DovecotNote> dovecot) {
    boolean isOk() {
      return problems.stream().noneMatch(ConfigProblem::isError);
    }
  }

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
    Findings findings = findings();
    if (json) {
      context.out().println(Json.pretty(json(findings)));
    } else {
      findings.problems().forEach(context.err()::println);
      findings.effective().ifPresent(effective -> context.out().print(effective.toYaml()));
      findings.sendmail().forEach(line -> context.out().println("# " + line));
      findings.dovecot().forEach(note -> context.out().println("# " + note));
    }
    return findings.isOk() ? ExitStatus.OK : ExitStatus.NO;
  }

  private Findings findings() {
    ConfigResult result = config.load();
    var problems = new ArrayList<>(result.problems());
    return switch (result) {
      case ConfigResult.Loaded loaded -> {
        MailFiles files = MailFiles.read(loaded.config());
        problems.addAll(files.problems());
        problems.addAll(
            new PublishedLogins(loaded.config(), loaded.effective(), files)
                .problems(MailFiles.published(loaded.config())));
        yield new Findings(
            problems,
            Optional.of(loaded.effective()),
            SendmailLine.all(files.sendmail(), loaded.effective()),
            loaded.effective().dovecot());
      }
      case ConfigResult.Refused _ -> new Findings(problems, Optional.empty(), List.of(), List.of());
    };
  }

  private static Map<String, Object> json(Findings findings) {
    Map<String, Object> json =
        Json.object(
            "ok",
            findings.isOk(),
            "problems",
            findings.problems().stream().map(CheckCommand::json).toList(),
            "sendmail",
            findings.sendmail().stream().map(SendmailLine::json).toList(),
            "dovecot",
            findings.dovecot().stream().map(CheckCommand::json).toList());
    findings.effective().ifPresent(effective -> json.put("config", effective.toMap()));
    return json;
  }

  private static Map<String, Object> json(DovecotNote note) {
    return Json.object(
        "file",
        note.place().file(),
        "line",
        note.place().line(),
        "text",
        note.text(),
        "taken",
        note.isTaken(),
        "what",
        note.what());
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
