package org.malleposte.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.malleposte.config.ConfigResult;
import org.malleposte.config.HostPort;
import org.malleposte.config.NodeConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node's HTTP interface a command talks to, and how the answer is printed. */
final class AdminOptions {
  private final CliContext context;

  @Mixin private final ConfigOption config;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The node's HTTP interface; without it http.listen of the configuration.")
  private Optional<String> url = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Holds the token of that node; without it admin.token in its node.data.")
  private Optional<String> tokenFile = Optional.empty();

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  AdminOptions(CliContext context) {
    this.context = context;
    this.config = new ConfigOption(context);
  }

  boolean json() {
    return json;
  }

  CliContext context() {
    return context;
  }

  AdminClient client() throws CliFailure {
    Optional<String> givenUrl = given(url, "MALLEPOSTE_URL");
    Optional<String> givenToken = given(tokenFile, "MALLEPOSTE_TOKEN_FILE");
    if (givenUrl.isPresent() && givenToken.isPresent()) {
      return client(givenUrl.get(), context.directory().resolve(givenToken.get()));
    }
    NodeConfig loaded = loaded(givenUrl.isPresent());
    return client(
        givenUrl.orElseGet(() -> url(loaded.http().listen())),
        givenToken.map(context.directory()::resolve).orElse(loaded.node().tokenFile()));
  }

  /** The node of this configuration. */
  static AdminClient clientOf(NodeConfig node) throws CliFailure {
    return client(url(node.http().listen()), node.node().tokenFile());
  }

  private Optional<String> given(Optional<String> option, String variable) {
    return option.or(() -> Optional.ofNullable(context.environment().get(variable)));
  }

  private NodeConfig loaded(boolean hasUrl) throws CliFailure {
    return switch (config.load()) {
      case ConfigResult.Loaded result -> result.config();
      case ConfigResult.Refused refused -> {
        refused.problems().forEach(context.err()::println);
        throw new CliFailure(
            ExitStatus.CONFIG,
            hasUrl
                ? "--url needs --token-file, or --config that says where the token is"
                : "name the node with --config FILE, or with --url URL --token-file FILE");
      }
    };
  }

  private static AdminClient client(String base, Path token) throws CliFailure {
    try {
      return new AdminClient(URI.create(base), Files.readString(token).strip());
    } catch (IOException e) {
      throw new CliFailure(
          ExitStatus.NO_PERMISSION,
          "cannot read the token in "
              + token
              + "; the node makes it at its first start, and only its own user may read it");
    } catch (IllegalArgumentException e) {
      throw new CliFailure(ExitStatus.USAGE, "not a URL: " + base);
    }
  }

  /** A node that listens everywhere is reached here. */
  private static String url(HostPort listen) {
    HostPort reachable =
        listen.isEveryAddress()
            ? new HostPort(listen.host().equals("::") ? "::1" : "127.0.0.1", listen.port())
            : listen;
    return "http://" + reachable;
  }
}
