package org.malleposte.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files with which a node starts, one directory a subject, and the warnings that they cause. */
class DovecotWarningsTest {
  private static final Path ROOT = Path.of("src/test/resources/config/dovecot");

  static Stream<Path> subjects() throws IOException {
    return Files.list(ROOT).sorted();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("subjects")
  void saysWhatHasNoEffect(Path directory) throws IOException {
    ConfigResult result = new ConfigLoader(Map.of()).load(directory.resolve("malleposte.yaml"));
    List<String> lines =
        result.problems().stream()
            .map(ConfigProblem::toString)
            .map(line -> line.replace(directory.toAbsolutePath().toString(), "DIR"))
            .toList();

    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    assertThat(lines)
        .containsExactlyElementsOf(Files.readAllLines(directory.resolve("expected.txt")));
  }
}
