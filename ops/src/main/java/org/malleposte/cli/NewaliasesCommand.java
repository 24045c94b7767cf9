package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** There is no database to build, but mistakes are found and a running node takes the new file. */
@Command(
    name = "newaliases",
    description = {
      "Check the aliases, and let the running node read them; newaliases is a link.",
      "It tells that node alone; \"reload\" tells all."
    })
final class NewaliasesCommand implements Callable<Integer> {
  private final CliContext context;

  @Mixin private final ConfigOption config;

  NewaliasesCommand(CliContext context) {
    this.context = context;
    this.config = new ConfigOption(context);
  }

  @Override
  public Integer call() throws CliFailure {
    NodeConfig loaded = config.require();
    AliasesCommand.report(context, loaded);
    try {
      AdminOptions.clientOf(loaded).post(ReloadCommand.HERE, Map.of());
    } catch (CliFailure e) {
      // sendmail's needs no daemon either; the node reads the file when it starts.
      if (e.status() != ExitStatus.UNAVAILABLE && e.status() != ExitStatus.NO_PERMISSION) {
        throw e;
      }
      context.err().println("no running node was told: " + e.getMessage());
    }
    return ExitStatus.OK;
  }
}
