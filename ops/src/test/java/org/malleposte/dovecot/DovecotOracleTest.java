package org.malleposte.dovecot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What our reader makes of a file is what {@code doveconf -n} of Dovecot 2.3 says it means. Its
 * words are recorded beside each file ({@code record.sh} does it again).
 */
class DovecotOracleTest {
  private static final Path ROOT = Path.of("src/test/resources/dovecot");

  static Stream<Path> configurations() throws IOException {
    return Files.list(ROOT).filter(Files::isDirectory).sorted();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("configurations")
  void meansWhatDovecotSaysItDoes(Path directory) throws IOException {
    DovecotFile ours = DovecotReader.read(directory.resolve("dovecot.conf").toAbsolutePath());
    assertThat(ours.problems()).filteredOn(DovecotProblem::isError).isEmpty();
    assertSame(ours, Files.readString(directory.resolve("doveconf.txt")));
  }

  /** Against the program itself, where it is installed. */
  @Test
  @Tag("soak")
  void theRecordingIsStillTrue() throws IOException, InterruptedException {
    Path program = Path.of("/usr/bin/doveconf");
    assumeTrue(Files.isExecutable(program));
    for (Path directory : configurations().toList()) {
      Path conf = directory.resolve("dovecot.conf").toAbsolutePath();
      String flags = directory.endsWith("expanded") ? "-nPx" : "-nP";
      Process process =
          new ProcessBuilder(program.toString(), flags, "-c", conf.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(directory.toString()).isZero();
      assertSame(DovecotReader.read(conf), text);
    }
  }

  private static void assertSame(DovecotFile ours, String recorded) {
    Map<String, String> theirs = flat(DovecotReader.raw(escaped(recorded)));
    Map<String, String> mine = flat(ours);
    var differences = new ArrayList<String>();
    theirs.forEach(
        (path, value) -> {
          String own = mine.getOrDefault(path, "");
          if (!isSame(own, value.replace('\u0001', '$'))) {
            differences.add(path + ": Dovecot has '" + value + "', we have '" + own + "'");
          }
        });
    mine.forEach(
        (path, value) -> {
          String byDefault = byDefault(path).orElse("");
          if (!theirs.containsKey(path) && !isSame(byDefault, value)) {
            differences.add(path + ": Dovecot has its default, we have '" + value + "'");
          }
        });
    assertThat(differences).isEmpty();
  }

  /** {@code doveconf} writes values without quotes; a $ in them is one. */
  private static String escaped(String text) {
    return text.replace('$', '\u0001');
  }

  private static Optional<String> byDefault(String path) {
    String plain = path.replaceAll("#[0-9]+", "");
    var steps = new ArrayList<>(List.of(plain.split("/(?![^ ]*$)|/")));
    String key = steps.removeLast();
    List<String> types = steps.stream().map(s -> s.split(" ")[0]).toList();
    return DovecotNames.byDefault(steps, key).or(() -> DovecotNames.byDefault(types, key));
  }

  private static Map<String, String> flat(DovecotFile file) {
    var flat = new TreeMap<String, String>();
    flatten("", file.root(), flat);
    return flat;
  }

  private static void flatten(String prefix, DovecotSection section, Map<String, String> flat) {
    section.settings().forEach(s -> flat.put(prefix + s.key(), s.written()));
    var numbers = new HashMap<String, Integer>();
    for (DovecotSection inner : section.sections()) {
      boolean numbered = inner.type().endsWith("db") || inner.name().isEmpty();
      String name = inner.toString().replace('/', '_');
      if (numbered && !inner.type().equals("plugin")) {
        name = inner.type() + "#" + numbers.merge(inner.type(), 1, Integer::sum);
        if (!inner.name().isEmpty()) {
          flat.put(prefix + name + "/name", inner.name());
        }
      }
      flatten(prefix + name + "/", inner, flat);
    }
  }

  /** Times are written in many ways, and sizes. */
  private static boolean isSame(String one, String other) {
    return normal(one).equals(normal(other));
  }

  private static String normal(String value) {
    String text = value.strip().replaceAll("[ \t]+", " ");
    return text.replaceAll("([0-9]+) ?(d)(ays?)?\\b", "$1$2")
        .replaceAll("([0-9]+) ?(m)(ins?)?\\b", "$1$2")
        .replaceAll("([0-9]+) ?(s)(ecs?)?\\b", "$1$2");
  }
}
