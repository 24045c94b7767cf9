package org.malleposte.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of the deployment can be run, and shellcheck has nothing to say. */
class ScriptsTest {
  @ParameterizedTest
  @ValueSource(strings = {"healthcheck", "make-certificates", "try"})
  void shellcheckIsContent(String name) throws IOException, InterruptedException {
    Path script = ContainerFiles.TOP.resolve("ops/docker").resolve(name);
    assertThat(Files.isExecutable(script)).isTrue();

    Process process = shellcheck(script);

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  private static Process shellcheck(Path script) {
    try {
      return new ProcessBuilder("shellcheck", script.toString()).redirectErrorStream(true).start();
    } catch (IOException _) {
      return abort("shellcheck is not installed");
    }
  }
}
