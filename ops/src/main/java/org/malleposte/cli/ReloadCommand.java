package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reload",
    description = {
      "Let a running node read its tables, accounts and certificates again.",
      "With mistakes in the new ones the old ones stay in force."
    })
final class ReloadCommand implements Callable<Integer> {
  @Mixin private final AdminOptions admin;

  ReloadCommand(CliContext context) {
    this.admin = new AdminOptions(context);
  }

  @Override
  public Integer call() throws CliFailure {
    Map<String, Object> answer = admin.client().post("/reload", Map.of());
    var fields = new JsonFields(answer);
    if (!admin.json()) {
      fields.texts("warnings").forEach(admin.context().err()::println);
    }
    Operation.print(admin, answer, String.join("\n", fields.texts("reloaded")));
    return ExitStatus.OK;
  }
}
