package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large tables load soon, and each entry is found, however many there are. */
class LoadTest {
  @TempDir Path temp;

  /** A twentieth of what is promised, with a bound that a busy machine keeps. */
  @Test
  void fiftyThousandEntries() throws IOException {
    assertThat(TableBench.run(temp, 50_000))
        .hasSize(4)
        .allSatisfy(f -> assertThat(f.load()).isLessThan(Duration.ofSeconds(5)))
        .allSatisfy(f -> assertThat(f.nanosALookup()).isLessThan(100_000));
  }

  /** With the memory of a small node; a lookup among a million costs what one among 10,000 does. */
  @Test
  @Tag("soak")
  void aMillionEntriesInUnderFiveSeconds() throws Exception {
    var few = new HashMap<String, Long>();
    for (TableBench.Figures figures : inSmallMemory("10000", "1000000")) {
      if (figures.entries() == 10_000) {
        few.put(figures.table(), figures.nanosALookup());
      } else {
        assertThat(figures.load()).as(figures.toString()).isLessThan(Duration.ofSeconds(5));
        // What grows is what the processor's caches do not hold.
        assertThat(figures.nanosALookup())
            .as(figures.toString())
            .isLessThan(8 * few.get(figures.table()) + 1000);
      }
    }
  }

  private List<TableBench.Figures> inSmallMemory(String... entries) throws Exception {
    File out = temp.resolve("out").toFile();
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                TableBench.class.getName(),
                temp.toString()));
    command.addAll(List.of(entries));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out).start();
    assertThat(process.waitFor()).as(Files.readString(out.toPath())).isZero();
    List<TableBench.Figures> figures =
        Files.readAllLines(out.toPath()).stream()
            .filter(line -> line.contains(" entries: "))
            .map(TableBench.Figures::parse)
            .toList();
    figures.forEach(System.out::println);
    assertThat(figures).hasSize(8);
    return figures;
  }
}
