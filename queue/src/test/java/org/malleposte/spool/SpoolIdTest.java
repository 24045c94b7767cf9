package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolIdTest {
  @TempDir Path directory;

  @Test
  void isMadeOnceAndKept() {
    var id = SpoolId.open(directory.resolve("x"), new Random(1));
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(SpoolId.open(directory.resolve("x"), new Random(2))).isEqualTo(id);
    assertThat(SpoolId.open(directory.resolve("y"), new Random(2))).isNotEqualTo(id);
  }

  @Test
  void aDamagedOneIsNotReplaced() throws Exception {
    Files.writeString(directory.resolve("id"), "0123\n");
    assertThatThrownBy(() -> SpoolId.open(directory, new Random(1)))
        .hasMessageContaining("not a spool id: 0123");
  }
}
