package org.malleposte.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.NodeConfig;

/** The image's configuration is one that a node takes, and the Dockerfile fits it. */
class ImageTest {
  @TempDir Path directory;

  @Test
  void itsConfigurationLoadsAsItIs() throws IOException {
    NodeConfig config = new ContainerFiles(directory).load(Map.of());

    assertThat(config.http().listen().isEveryAddress()).isTrue();
    assertThat(config.smtp()).hasSize(3).allMatch(listener -> listener.host().equals("0.0.0.0"));
  }

  @Test
  void theDockerfileExposesWhatTheNodeListensOn() throws IOException {
    NodeConfig config = new ContainerFiles(directory).load(Map.of());
    Set<Integer> exposed = new TreeSet<>();
    words("EXPOSE").forEach(port -> exposed.add(Integer.parseInt(port)));

    assertThat(exposed).isEqualTo(ComposeTest.ports(config));
  }

  @Test
  void theImageRunsAsNobodyOfImportance() throws IOException {
    assertThat(words("USER")).containsExactly("10001:10001");
    assertThat(words("VOLUME")).containsExactly("/var/lib/malleposte");
    assertThat(words("STOPSIGNAL")).containsExactly("SIGTERM");
  }

  /** The build sees only what .dockerignore lets through. */
  @Test
  void whatIsCopiedIsInTheContext() throws IOException {
    List<String> allowed =
        Files.readAllLines(ContainerFiles.TOP.resolve(".dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    for (String line : lines("COPY")) {
      String source = line.split("\\s+")[1];
      assertThat(allowed).as(line).anyMatch(path -> (source + "/").startsWith(path + "/"));
      assertThat(
              source.startsWith("node/target") || Files.exists(ContainerFiles.TOP.resolve(source)))
          .as(line)
          .isTrue();
    }
  }

  private static List<String> words(String instruction) throws IOException {
    return lines(instruction).stream()
        .flatMap(line -> Arrays.stream(line.split("\\s+")).skip(1))
        .toList();
  }

  private static List<String> lines(String instruction) throws IOException {
    return Files.readAllLines(ContainerFiles.TOP.resolve("ops/docker/Dockerfile")).stream()
        .filter(line -> line.startsWith(instruction + " "))
        .toList();
  }
}
