package org.malleposte.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.malleposte.config.ProgramVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code malleposte}. */
@Command(
    name = "malleposte",
    mixinStandardHelpOptions = true,
    versionProvider = Malleposte.Version.class,
    description = {
      "A mail server cluster that keeps working when a machine dies.",
      "",
      "New here? \"malleposte demo\" shows it. An empty malleposte.yaml is a working node:",
      "\"malleposte serve --config malleposte.yaml\", then \"malleposte user add alice\"."
    },
    footer = {"", "\"malleposte help COMMAND\" explains a command."},
    synopsisSubcommandLabel = "COMMAND")
public final class Malleposte implements Runnable {
  /** Promised by the design, not by this version. */
  private static final Set<String> NOT_YET =
      Set.of("store", "backup", "restore", "import", "export", "trace", "drill", "bench");

  /** Of the build. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"malleposte " + ProgramVersion.current()};
    }
  }

  @Spec private CommandSpec spec;

  private Malleposte() {}

  /**
   * Runs one command to its end.
   *
   * @param node runs a node
   * @param demo plays the demonstration
   * @return the process's exit status
   */
  public static int run(CliContext context, NodeRunner node, DemoRunner demo, String... arguments) {
    if (arguments.length > 0 && NOT_YET.contains(arguments[0])) {
      context.err().println("malleposte " + arguments[0] + " does not exist yet in this version.");
      return ExitStatus.NOT_YET;
    }
    return commandLine(context, node, demo).execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do.");
  }

  static CommandLine commandLine(CliContext context, NodeRunner node, DemoRunner demo) {
    var line =
        new CommandLine(new Malleposte())
            .addSubcommand(new ServeCommand(context, node))
            .addSubcommand(new DemoCommand(context, demo))
            .addSubcommand(new CheckCommand(context))
            .addSubcommand(new RouteCommand(context))
            .addSubcommand(new StatusCommand(context))
            .addSubcommand(queue(context))
            .addSubcommand(user(context))
            .addSubcommand(new UndeleteCommand(context))
            .addSubcommand(new ReloadCommand(context))
            .addSubcommand(new AliasesCommand(context))
            .addSubcommand(new NewaliasesCommand(context))
            .addSubcommand(new RoleCommand.Promote(context))
            .addSubcommand(new RoleCommand.Demote(context))
            .addSubcommand(new HelpCommand());
    line.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
    line.getSubcommands().values().forEach(Malleposte::withHelp);
    line.setParameterExceptionHandler(Malleposte::misused);
    line.setExecutionExceptionHandler((e, _, _) -> failed(context, e));
    return line;
  }

  private static CommandLine queue(CliContext context) {
    return new CommandLine(new QueueCommand.Group())
        .addSubcommand(new QueueCommand.ListQueue(context))
        .addSubcommand(new QueueCommand.Show(context))
        .addSubcommand(new QueueCommand.Flush(context))
        .addSubcommand(new QueueCommand.Hold(context))
        .addSubcommand(new QueueCommand.Release(context))
        .addSubcommand(new QueueCommand.Delete(context))
        .addSubcommand(new QueueCommand.Adopt(context));
  }

  private static CommandLine user(CliContext context) {
    return new CommandLine(new UserCommand.Group())
        .addSubcommand(new UserCommand.Add(context))
        .addSubcommand(new UserCommand.Passwd(context))
        .addSubcommand(new UserCommand.Delete(context))
        .addSubcommand(new UserCommand.ListUsers(context));
  }

  private static void withHelp(CommandLine line) {
    line.getCommandSpec().mixinStandardHelpOptions(true);
    line.getSubcommands().values().forEach(Malleposte::withHelp);
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
      line.usage(line.getErr());
    }
    return ExitStatus.USAGE;
  }

  private static int failed(CliContext context, Exception e) {
    if (e instanceof CliFailure failure) {
      context.err().println("malleposte: " + failure.getMessage());
      return failure.status();
    }
    e.printStackTrace(context.err());
    return ExitStatus.BUG;
  }
}
