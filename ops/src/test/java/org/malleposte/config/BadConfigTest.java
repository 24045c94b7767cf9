package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One directory a mistake: the file, perhaps the environment, and the lines it must cause. */
class BadConfigTest {
  private static final Path ROOT = Path.of("src/test/resources/config/bad");

  static Stream<Path> mistakes() throws IOException {
    return Files.list(ROOT).sorted();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void saysWhereWhatAndTheRemedy(Path directory) throws IOException {
    ConfigResult result =
        new ConfigLoader(environment(directory)).load(directory.resolve("malleposte.yaml"));

    assertThat(result).isInstanceOf(ConfigResult.Refused.class);
    assertThat(lines(result, directory))
        .containsExactlyElementsOf(Files.readAllLines(directory.resolve("expected.txt")));
  }

  @Test
  void aMissingFileIsSaidToBeMissing() {
    ConfigResult result = new ConfigLoader(Map.of()).load(Path.of("nowhere/malleposte.yaml"));

    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "nowhere/malleposte.yaml:1: no such file; create it (it may be empty), or name"
                + " another");
  }

  private static List<String> lines(ConfigResult result, Path directory) {
    return result.problems().stream()
        .map(ConfigProblem::toString)
        .map(line -> line.replace(directory.toAbsolutePath().toString(), "DIR"))
        .map(line -> line.replace(directory + "/", ""))
        .toList();
  }

  private static Map<String, String> environment(Path directory) throws IOException {
    var environment = new HashMap<String, String>();
    Path file = directory.resolve("environment");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("=", 2);
        environment.put(parts[0], parts[1]);
      }
    }
    return environment;
  }
}
