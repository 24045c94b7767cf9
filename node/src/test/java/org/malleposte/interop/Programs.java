package org.malleposte.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Other people's programs; a test is skipped, and says so, where one is absent. */
final class Programs {
  private static final int LIMIT_SECONDS = 60;
  private static final List<Path> SYSTEM = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));

  /** What a program did. */
  record Ended(int status, String output) {
    Ended requireSuccess() {
      assertThat(status).as(output).isZero();
      return this;
    }
  }

  private Programs() {}

  static Optional<Path> find(String name) {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of),
            SYSTEM.stream())
        .map(place -> place.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static void require(String name) {
    assumeTrue(find(name).isPresent(), name + " is not installed");
  }

  static void requireRoot(String name) {
    assumeTrue(System.getProperty("user.name").equals("root"), name + " needs root");
  }

  /** Waits for its end; both its outputs in one. */
  static Ended run(Path directory, List<String> command) throws Exception {
    return run(directory, command, new byte[0]);
  }

  static Ended run(Path directory, List<String> command, byte[] input) throws Exception {
    Path in = Files.write(Files.createTempFile(directory, "in", ""), input);
    Path out = Files.createTempFile(directory, "out", "");
    var process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    int status = process.waitFor();
    return new Ended(status, String.join(" ", command) + "\n" + text(out));
  }

  /** What is no UTF-8 in it is no reason to fail. */
  static String text(Path file) throws IOException {
    return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
  }
}
