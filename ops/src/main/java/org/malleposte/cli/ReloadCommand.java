package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "reload",
    description = {
      "Let all nodes of a running cluster read their tables, accounts and certificates again, all"
          + " nodes or none.",
      "With mistakes on one of them the old ones stay in force on all. \"check\" is the dry run on"
          + " one."
    })
final class ReloadCommand implements Callable<Integer> {
  /** The way to reload one node alone. */
  static final String HERE = "/reload?scope=node";

  @Mixin private final AdminOptions admin;

  @Option(names = "--this-node", description = "Only the node that is asked.")
  private boolean thisNode;

  ReloadCommand(CliContext context) {
    this.admin = new AdminOptions(context);
  }

  @Override
  public Integer call() throws CliFailure {
    Map<String, Object> answer = admin.client().post(thisNode ? HERE : "/reload", Map.of());
    var fields = new JsonFields(answer);
    if (!admin.json()) {
      fields.texts("warnings").forEach(admin.context().err()::println);
    }
    Operation.print(admin, answer, String.join("\n", fields.texts("reloaded")));
    return ExitStatus.OK;
  }
}
