package org.malleposte.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.malleposte.cli.CliContext;
import org.malleposte.cli.CliFailure;
import org.malleposte.cli.Malleposte;
import org.malleposte.config.ConfigLoader;
import org.malleposte.config.ConfigResult;
import org.malleposte.config.NodeConfig;

/**
 * The file system of a container, in a directory: the image's configuration and what is mounted.
 */
final class ContainerFiles {
  /** The top of the repository; tests run in their module. */
  static final Path TOP = Path.of("..");

  private static final String CONFIGURATION = "/etc/malleposte/malleposte.yaml";
  private final Path root;

  ContainerFiles(Path root) throws IOException {
    this.root = root;
    put(CONFIGURATION, Files.readString(TOP.resolve("ops/docker/malleposte.yaml")));
  }

  /** Where a file of the container is here. */
  Path at(String path) {
    return root.resolve(path.substring(1));
  }

  /** Writes a file; its paths into the container lead here. */
  void put(String path, String text) throws IOException {
    Files.createDirectories(at(path).getParent());
    Files.writeString(at(path), here(text));
  }

  private String here(String text) {
    return text.replace("/etc/malleposte", root + "/etc/malleposte")
        .replace("/var/lib/malleposte", root + "/var/lib/malleposte");
  }

  private Map<String, String> here(Map<String, String> environment) {
    var here = new HashMap<String, String>();
    environment.forEach((name, value) -> here.put(name, here(value)));
    return here;
  }

  /** Copies a directory. */
  void mount(Path directory, String path) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        put(path + "/" + file.getFileName(), Files.readString(file));
      }
    }
  }

  NodeConfig load(Map<String, String> environment) {
    ConfigResult result = new ConfigLoader(here(environment)).load(at(CONFIGURATION));
    assertThat(result.problems()).isEmpty();
    return ((ConfigResult.Loaded) result).config();
  }

  /** {@code malleposte check} finds nothing, not even a warning. */
  void check(Map<String, String> environment) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var context =
        new CliContext(
            here(environment),
            root,
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            _ -> {
              throw new CliFailure(64, "no terminal");
            });
    int status =
        Malleposte.run(
            context, _ -> 99, _ -> 99, "check", "--config", at(CONFIGURATION).toString());
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(status).isZero();
  }
}
