package org.malleposte.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command sees of the process it runs in.
 *
 * @param directory against which paths on the command line are resolved
 */
public record CliContext(
    Map<String, String> environment,
    Path directory,
    InputStream in,
    PrintStream out,
    PrintStream err,
    PasswordPrompt prompt) {
  /** Asks a person. */
  @FunctionalInterface
  public interface PasswordPrompt {
    /**
     * @throws CliFailure when there is no terminal
     */
    String ask(String question) throws CliFailure;
  }

  public CliContext {
    environment = Map.copyOf(environment);
  }

  /** Of the running process. */
  public static CliContext ofProcess() {
    return new CliContext(
        System.getenv(),
        Path.of("").toAbsolutePath(),
        System.in,
        System.out,
        System.err,
        CliContext::askOnTerminal);
  }

  private static String askOnTerminal(String question) throws CliFailure {
    var console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new CliFailure(
          ExitStatus.USAGE, "there is no terminal to ask for a password; use --password-stdin");
    }
    char[] password = console.readPassword("%s", question);
    if (password == null) {
      throw new CliFailure(ExitStatus.USAGE, "no password was given");
    }
    return new String(password);
  }
}
