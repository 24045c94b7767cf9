package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.malleposte.tables.AliasTable.Statistics;

/** The figures are those that the real sendmail 8.17.1.9 printed for these files. */
class AliasStatisticsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "|a: b~|, 1, 1, 2",
        "|a: b~bb: ccc~|, 2, 3, 7",
        "|a: b,~\tc~|, 1, 4, 5",
        "|a:   b  ~|, 1, 3, 4",
        "|\"a b\": c~|, 1, 1, 6",
        "|A@example.com: bcd~|, 1, 3, 4",
        "|a: b ~~# x~b: c   # foo~|, 2, 9, 13",
        "|a: \"x y\", z~|, 1, 8, 9",
        "|a: b~a: ccc~|, 2, 3, 6",
        "|a: b (c)~|, 1, 5, 6",
        "|a~|, 0, 0, 0",
        "|a:~|, 0, 0, 0",
        "|x@far.example: b~|, 0, 0, 0",
        "|: b~|, 0, 0, 0",
        "|a: b\\~ c~|, 1, 3, 4"
      })
  void countsAsSendmailDoes(String text, int count, int longest, int total) throws IOException {
    assertThat(statistics(text.replace('~', '\n')))
        .isEqualTo(new Statistics(count, longest, total));
  }

  @Test
  void countsAWholeFileAsSendmailDoes() throws IOException {
    List<String> all =
        Files.readAllLines(Path.of("src/test/resources/tables/sendmail-aliases.txt"));
    int start = all.indexOf("== aliases") + 1;
    String text = String.join("\n", all.subList(start, all.indexOf("== list"))) + "\n";
    assertThat(statistics(text)).isEqualTo(new Statistics(43, 40, 722));
  }

  private Statistics statistics(String text) throws IOException {
    Files.writeString(directory.resolve("local-host-names"), "example.com\n");
    Files.writeString(directory.resolve("aliases"), text);
    return new TableLoader(OwnHost.named("mx.example.com"), Map.of())
        .load(new TableSource(directory, directory.resolve("aliases")))
        .tables()
        .aliases()
        .statistics()
        .getFirst();
  }
}
