package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code promote} and {@code demote}: orders to one node. */
abstract sealed class RoleCommand implements Callable<Integer> {
  @Mixin private final AdminOptions admin;
  private final String path;

  private RoleCommand(CliContext context, String path) {
    this.admin = new AdminOptions(context);
    this.path = path;
  }

  @Override
  public Integer call() throws CliFailure {
    return Operation.perform(admin, "POST", path, Map.of());
  }

  @Command(
      name = "promote",
      description = "Let a secondary deliver now, without waiting for failover.promote-after.")
  static final class Promote extends RoleCommand {
    Promote(CliContext context) {
      super(context, "/promote");
    }
  }

  @Command(
      name = "demote",
      description = "Take promote back; a primary stops delivering until it is promoted again.")
  static final class Demote extends RoleCommand {
    Demote(CliContext context) {
      super(context, "/demote");
    }
  }
}
