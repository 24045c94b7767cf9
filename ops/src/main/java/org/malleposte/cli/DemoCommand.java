package org.malleposte.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "See it work: a cluster of three nodes on this machine loses its primary.",
      "",
      "Starts three processes on loopback, sends mail, kills the primary, sends more, reads on a"
          + " survivor, brings the primary back, shows the flush, and checks every 250 against"
          + " every mailbox. The status is 0 only if nothing is lost and nothing is double."
    })
final class DemoCommand implements Callable<Integer> {
  private final CliContext context;
  private final DemoRunner runner;

  @Option(names = "--keep", description = "Leave it running; prints ports and logins.")
  private boolean keep;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the account there as JSON.")
  private Optional<Path> json = Optional.empty();

  DemoCommand(CliContext context, DemoRunner runner) {
    this.context = context;
    this.runner = runner;
  }

  @Override
  public Integer call() {
    return runner.run(new DemoRunner.DemoOptions(keep, json.map(context.directory()::resolve)));
  }
}
