package org.malleposte.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
  @TempDir Path directory;

  @Test
  void isMadeOnceReadableByItsOwnerOnly() throws IOException {
    Path file = directory.resolve("data/admin.token");
    AdminToken.loadOrCreate(file, new Random(1));
    String written = Files.readString(file).strip();

    assertThat(written).matches("[0-9a-f]{64}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(AdminToken.loadOrCreate(file, new Random(2)).isSame(written)).isTrue();
    assertThat(Files.list(file.getParent())).containsExactly(file);
  }

  @Test
  void aFileLeftEmptyByACrashIsFilled() throws IOException {
    Path file = directory.resolve("admin.token");
    Files.createFile(file);
    AdminToken token = AdminToken.loadOrCreate(file, new Random(1));

    assertThat(token.isSame(Files.readString(file).strip())).isTrue();
    assertThat(token.isSame("")).isFalse();
  }

  @Test
  void anEmptyTokenIsNone() {
    assertThatThrownBy(() -> AdminToken.of(" ")).isInstanceOf(IllegalArgumentException.class);
  }
}
