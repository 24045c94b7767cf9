package org.malleposte.cli;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.config.Quantities;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undelete}: expunged mail comes back. */
@Command(
    name = "undelete",
    description = {
      "Bring mail back that an account has expunged, or that was in a mailbox it deleted.",
      "Each comes into the mailbox from which it went, or into INBOX if that is gone.",
      "store.keep-expunged says how long mail can be brought back."
    })
final class UndeleteCommand implements Callable<Integer> {
  @Mixin private final AdminOptions admin;

  @Parameters(paramLabel = "NAME", description = "The account.")
  private String name = "";

  @Option(
      names = "--within",
      paramLabel = "TIME",
      description = "What was expunged within this time, such as 2h or 3d; all by default.")
  private String within = "3650d";

  UndeleteCommand(CliContext context) {
    this.admin = new AdminOptions(context);
  }

  @Override
  public Integer call() throws CliFailure {
    String path = "/users/" + AdminClient.encoded(name) + "/undelete";
    return Operation.perform(admin, "POST", path, Map.of("within", duration().toString()));
  }

  private Duration duration() throws CliFailure {
    try {
      return Quantities.duration(within);
    } catch (IllegalArgumentException e) {
      throw new CliFailure(ExitStatus.USAGE, "--within: " + e.getMessage());
    }
  }
}
