package org.malleposte.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatVersionTest {
  private static final FormatVersion CURRENT = new FormatVersion(2, 3);

  @TempDir Path directory;

  @Test
  void aNewDirectoryGetsTheCurrentVersion() throws Exception {
    var data = directory.resolve("a/b");
    assertThat(FormatVersion.open(data, "spool", CURRENT)).isEqualTo(CURRENT);
    assertThat(Files.readString(data.resolve("format"))).isEqualTo("spool 2.3\n");
    assertThat(FormatVersion.open(data, "spool", CURRENT)).isEqualTo(CURRENT);
  }

  @Test
  void olderAndNewerMinorsAreFound() {
    FormatVersion.write(directory, "spool", new FormatVersion(2, 9));
    assertThat(FormatVersion.open(directory, "spool", CURRENT)).isEqualTo(new FormatVersion(2, 9));
    FormatVersion.write(directory, "spool", new FormatVersion(1, 0));
    assertThat(FormatVersion.open(directory, "spool", CURRENT)).isLessThan(CURRENT);
  }

  @Test
  void aNewerMajorIsRefusedWithTheRemedy() {
    FormatVersion.write(directory, "spool", new FormatVersion(3, 0));
    assertThatThrownBy(() -> FormatVersion.open(directory, "spool", CURRENT))
        .hasMessageContaining("format 3.0 by a newer program")
        .hasMessageContaining("start the newer program");
  }

  @Test
  void anotherKindOrForeignFilesAreRefused() throws Exception {
    FormatVersion.write(directory, "store", CURRENT);
    assertThatThrownBy(() -> FormatVersion.open(directory, "spool", CURRENT))
        .hasMessageContaining("expected \"spool 1.0\", found: store 2.3");
    Files.delete(directory.resolve("format"));
    Files.writeString(directory.resolve("mine.txt"), "x");
    assertThatThrownBy(() -> FormatVersion.open(directory, "spool", CURRENT))
        .hasMessageContaining("not empty");
  }

  @Test
  void aCrashDuringTheFirstWriteLeavesANewDirectory() throws Exception {
    Files.writeString(directory.resolve("format.new"), "spo");
    assertThat(FormatVersion.open(directory, "spool", CURRENT)).isEqualTo(CURRENT);
  }
}
