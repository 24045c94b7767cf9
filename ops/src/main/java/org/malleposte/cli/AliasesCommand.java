package org.malleposte.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.NodeConfig;
import org.malleposte.routing.AliasAudit;
import org.malleposte.tables.AliasTable.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads the aliases and says what is wrong with them; changes nothing. */
@Command(
    name = "aliases",
    description = {
      "Check the aliases: how many, the longest, mistakes by line, names that reach nobody.",
      "\"newaliases\" also lets the running node read them."
    })
final class AliasesCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private final ConfigOption config;

  AliasesCommand(CliContext context) {
    this.context = context;
    this.config = new ConfigOption(context);
  }

  @Override
  public Integer call() throws CliFailure {
    report(context, config.require());
    return ExitStatus.OK;
  }

  /**
   * Prints mistakes, then sendmail's own line for each file.
   *
   * @throws CliFailure when a table has an error
   */
  static void report(CliContext context, NodeConfig loaded) throws CliFailure {
    MailFiles files = MailFiles.read(loaded);
    List<ConfigProblem> problems = new ArrayList<>(files.problems());
    KnownAccounts accounts = KnownAccounts.at(context, loaded, files.accounts());
    if (!accounts.names().isEmpty()) {
      // Before there is any account, each alias would lead to nobody.
      new AliasAudit(files.tables(), accounts, MailFiles.source(loaded))
          .problems()
          .forEach(problem -> problems.add(MailFiles.problem(problem)));
    }
    problems.forEach(context.err()::println);
    if (files.hasErrors()) {
      throw new CliFailure(ExitStatus.CONFIG, "nothing is changed, mend the tables first");
    }
    var counts = files.tables().aliases().statistics().iterator();
    for (Path file : loaded.mail().aliases()) {
      Statistics aliases = counts.next();
      context
          .out()
          .println(
              "%s: %d aliases, longest %d bytes, %d bytes total"
                  .formatted(file, aliases.count(), aliases.longestBytes(), aliases.totalBytes()));
    }
  }
}
