package org.malleposte.dovecot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DovecotReaderTest {
  @TempDir Path directory;

  @Test
  void placesAreThoseOfTheLines() throws IOException {
    Files.writeString(directory.resolve("more.conf"), "\n\nlisten = *\n");
    Path file = Files.writeString(directory.resolve("dovecot.conf"), "!include more.conf\nssl=no");
    DovecotSection root = DovecotReader.read(file).root();
    assertThat(root.setting("listen").map(DovecotSetting::place))
        .contains(new DovecotPlace(directory.resolve("more.conf").toString(), 3));
    assertThat(root.setting("ssl").map(s -> s.place().line())).contains(2);
  }

  @Test
  void aFileThatCannotBeReadIsAnError() {
    DovecotFile none = DovecotReader.read(directory.resolve("none.conf"));
    assertThat(none.problems()).hasSize(1).allMatch(DovecotProblem::isError);
  }

  @Test
  void filesInAnyEncodingAreRead() throws IOException {
    Path file = directory.resolve("dovecot.conf");
    Files.write(file, new byte[] {'#', (byte) 0xe9, '\r', '\n', 's', 's', 'l', '=', 'n', 'o'});
    assertThat(DovecotReader.read(file).root().setting("ssl").map(DovecotSetting::value))
        .contains("no");
  }

  @Test
  void whatIsSetTwiceIsKnownToBe() {
    DovecotFile file = DovecotReader.parse("x", "ssl = no\nplugin {\n a = 1\n}\nssl = yes\n");
    assertThat(file.overridden()).hasSize(1);
    assertThat(file.overridden().getFirst().by().line()).isEqualTo(5);
    assertThat(file.root().section("plugin", "").flatMap(p -> p.setting("a"))).isPresent();
  }

  @Test
  void aVariableThatGrowsIsCutOff() {
    String doubled = "auth_realms = $auth_realms $auth_realms\n".repeat(40);
    DovecotFile file = DovecotReader.parse("x", "auth_realms = aaaaaaaaaa\n" + doubled);
    assertThat(file.problems()).anyMatch(p -> p.what().contains("characters"));
  }

  @Test
  void namesAreToldApart() {
    assertThat(DovecotNames.isKnown("mail_fsync")).isTrue();
    assertThat(DovecotNames.isKnown("ssl_server_cert_file")).isTrue();
    assertThat(DovecotNames.isKnown("mail_fsink")).isFalse();
    assertThat(DovecotNames.byDefault("auth_mechanisms")).isEqualTo(Optional.of("plain"));
  }

  /** Whatever the bytes are, there is an answer. */
  @Test
  void brokenFilesAreProblemsAndNothingElse() throws IOException {
    long seed = 20261124;
    var random = new Random(seed);
    String all;
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/dovecot"))) {
      all =
          String.join(
              "\n",
              files
                  .filter(f -> f.toString().endsWith("dovecot.conf"))
                  .sorted()
                  .map(DovecotReaderTest::text)
                  .toList());
    }
    String pieces = "{}\"'\\#$=<!\n\t \u0000\u00e9";
    for (int round = 0; round < 500; round++) {
      var broken = new StringBuilder(all);
      for (int i = 0; i < 30; i++) {
        int at = random.nextInt(broken.length());
        String piece = String.valueOf(pieces.charAt(random.nextInt(pieces.length())));
        broken.replace(at, at + random.nextInt(2), piece);
      }
      String text = broken.toString().replace("!include", "#include");
      assertThat(DovecotReader.parse("broken", text).root()).as("seed %d", seed).isNotNull();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
