package org.malleposte.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a new password comes from. */
final class PasswordOption {
  private final CliContext context;

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      description = "The password; every user of this machine can see it in the process list.")
  private Optional<String> password = Optional.empty();

  @Option(names = "--password-stdin", description = "Read the password from stdin, one line.")
  private boolean fromStdin;

  PasswordOption(CliContext context) {
    this.context = context;
  }

  String password() throws CliFailure {
    if (password.isPresent() && fromStdin) {
      throw new CliFailure(ExitStatus.USAGE, "--password or --password-stdin, not both");
    }
    String chosen = password.isPresent() ? password.get() : fromStdin ? line() : asked();
    if (chosen.isEmpty()) {
      throw new CliFailure(ExitStatus.USAGE, "the password is empty");
    }
    return chosen;
  }

  private String line() throws CliFailure {
    try {
      String line =
          new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8))
              .readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new CliFailure(ExitStatus.USAGE, "cannot read the password: " + e.getMessage());
    }
  }

  private String asked() throws CliFailure {
    String first = context.prompt().ask("Password: ");
    if (!first.equals(context.prompt().ask("Again: "))) {
      throw new CliFailure(ExitStatus.USAGE, "the two passwords differ");
    }
    return first;
  }
}
