package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.NodeName;

/** Several files of aliases: sendmail asks them in their order. */
class AliasFilesTest {
  @TempDir Path directory;
  private Path lists;
  private TableLoader.Loaded loaded;

  @BeforeEach
  void load() throws IOException {
    Path aliases = directory.resolve("aliases");
    lists = Files.createDirectory(directory.resolve("more")).resolve("aliases");
    Path last = directory.resolve("last");
    Files.writeString(aliases, "both: first\ntwice: a\ntwice: b\nloop1: loop2\nopen: x,\\\n");
    Files.writeString(lists, "\nBOTH: second\nlist: :include:members\nonly: here\nloop2: loop1\n");
    Files.writeString(directory.resolve("more/members"), "carol\n");
    Files.writeString(last, "only: there\nbob+*: detail\n");
    loaded =
        new TableLoader(OwnHost.named("mx.example.com"), Map.of())
            .load(new TableSource(directory, List.of(aliases, lists, last)));
  }

  @Test
  void theFirstThatHasANameDecidesAndIsNamed() {
    assertDecides(loaded.tables().aliases(), "");
  }

  @Test
  void alsoWhenPublished() {
    byte[] bytes = TablesCodec.encode(loaded.tables(), Set.of(), new byte[0]);
    assertDecides(TablesCodec.decode(new NodeName("mx1"), bytes).tables().aliases(), "mx1/");
  }

  private void assertDecides(AliasTable table, String whose) {
    assertThat(table.find("both")).contains(line(whose + "aliases", 1, "both", "first"));
    assertThat(table.find("twice")).contains(line(whose + "aliases", 3, "twice", "b"));
    assertThat(table.find("open")).contains(line(whose + "aliases", 5, "open", "x,"));
    assertThat(table.find("only")).contains(line(whose + lists, 4, "only", "here"));
    assertThat(table.find("bob+x")).contains(line(whose + "last", 2, "bob+*", "detail"));
    assertThat(table.include("members").orElseThrow().file()).isEqualTo(whose + lists);
    assertThat(table.include("members").orElseThrow().value()).isEqualTo("carol");
  }

  @Test
  void eachIsCounted() {
    assertThat(loaded.tables().aliases().statistics())
        .extracting(AliasTable.Statistics::count)
        .containsExactly(5, 4, 2);
  }

  @Test
  void mistakesNameTheirFile() {
    assertThat(loaded.problems())
        .extracting(p -> p.file() + ":" + p.line() + ": " + p.what())
        .containsExactlyInAnyOrder(
            directory.resolve("aliases") + ":3: duplicate alias twice, the one in line 2 is lost",
            lists + ":2: alias both is lost, the one in aliases comes first",
            directory.resolve("last")
                + ":1: alias only is lost, the one in "
                + lists
                + " comes first",
            directory.resolve("aliases") + ":4: aliases form a loop: loop1 -> loop2 -> loop1");
  }

  private static TableLine line(String file, int line, String key, String value) {
    return new TableLine(file, line, key, value);
  }
}
