package org.malleposte.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.malleposte.config.ConfigLoader;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.ConfigResult;
import org.malleposte.config.NodeConfig;
import picocli.CommandLine.Option;

/** {@code --config FILE}: which node this is about. */
final class ConfigOption {
  static final String DEFAULT_FILE = "malleposte.yaml";
  private static final String VARIABLE = "MALLEPOSTE_CONFIG";

  private final CliContext context;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration of the node; without it $MALLEPOSTE_CONFIG, else ./malleposte.yaml.")
  private Optional<String> file = Optional.empty();

  ConfigOption(CliContext context) {
    this.context = context;
  }

  /** As problems name it: as the user wrote it. */
  Path file() {
    return Path.of(
        file.or(() -> Optional.ofNullable(context.environment().get(VARIABLE)))
            .orElse(DEFAULT_FILE));
  }

  ConfigResult load() {
    return new ConfigLoader(context.environment())
        .load(context.directory().resolve(file()), file().toString());
  }

  /** Prints warnings on stderr; a mistake ends the command. */
  NodeConfig require() throws CliFailure {
    ConfigResult result = load();
    result.problems().forEach(context.err()::println);
    return switch (result) {
      case ConfigResult.Loaded loaded -> loaded.config();
      case ConfigResult.Refused refused -> {
        long errors = refused.problems().stream().filter(ConfigProblem::isError).count();
        throw new CliFailure(
            ExitStatus.CONFIG,
            errors == 1
                ? "one mistake in the configuration"
                : errors + " mistakes in the configuration");
      }
    };
  }
}
