package org.malleposte.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "serve",
    description = {
      "Run one node in the foreground.",
      "",
      "Logs to stderr. Prints \"ready NAME\" on stdout when its ports are open and it has joined,"
          + " or founded, its cluster. SIGTERM drains it and ends it with status 0.",
      "An empty configuration file is a single node on unprivileged loopback ports."
    })
final class ServeCommand implements Callable<Integer> {
  private final NodeRunner runner;

  @Mixin private final ConfigOption config;

  ServeCommand(CliContext context, NodeRunner runner) {
    this.runner = runner;
    this.config = new ConfigOption(context);
  }

  @Override
  public Integer call() throws CliFailure {
    return runner.run(config.require());
  }
}
