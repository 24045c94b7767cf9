package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One directory for each mistake, {@code src/test/resources/badtables}, with the messages that it
 * must cause in {@code expected}: {@code file:line: what; remedy}, all of them, in any order.
 */
class BadTablesTest {
  private static final Path DIRECTORIES = Path.of("src/test/resources/badtables");

  @TestFactory
  Stream<DynamicTest> mistakes() throws IOException {
    try (Stream<Path> directories = Files.list(DIRECTORIES)) {
      return directories.sorted().toList().stream()
          .map(
              directory ->
                  DynamicTest.dynamicTest(
                      directory.getFileName().toString(), () -> check(directory)));
    }
  }

  private static void check(Path directory) throws IOException {
    List<String> expected =
        Files.readAllLines(directory.resolve("expected")).stream()
            .filter(line -> !line.isBlank())
            .toList();
    List<String> found =
        new TableLoader(OwnHost.named("mx.example.com"), Map.of())
            .load(new TableSource(directory, directory.resolve("aliases"))).problems().stream()
                .map(problem -> problem.toString().replace(directory + "/", ""))
                .toList();
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }
}
