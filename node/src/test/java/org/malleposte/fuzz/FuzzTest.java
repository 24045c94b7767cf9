package org.malleposte.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * All parsers against Jazzer. In each build the corpus is played, and each group of targets is
 * fuzzed for {@code fuzz.seconds} (4) from a fixed seed. For longer:
 *
 * <pre>mvn -Pfuzz verify -Dfuzz.seconds=60 [-Dfuzz.only=imap-command,...] [-Dfuzz.seed=2]</pre>
 *
 * there each target has a process and the whole time to itself. A find goes into {@code
 * src/test/resources/fuzz/<target>}.
 */
class FuzzTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 4);
  private static final long SEED = Long.getLong("fuzz.seed", 20_261_124L);
  private static final boolean EACH_ALONE = Boolean.getBoolean("fuzz.alone");
  private static final String ONLY = System.getProperty("fuzz.only", "");

  @TempDir Path directory;

  @Test
  void targetsHaveNamesOfTheirOwn() {
    var names = new HashSet<String>();
    FuzzTargets.all().forEach(target -> assertThat(names.add(target.name())).isTrue());
  }

  /** Seeds and finds of the past, without Jazzer: each fails by itself. */
  @TestFactory
  Stream<DynamicTest> corpus() {
    return FuzzTargets.all().stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> play(target)));
  }

  private static void play(FuzzTarget target) throws Exception {
    var corpus = Corpus.of(target);
    assertThat(corpus).isNotEmpty();
    for (byte[] input : corpus) {
      try {
        target.body().run(input);
      } catch (Throwable e) {
        throw new AssertionError(target + " with " + shown(input), e);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> fuzzed() {
    if (!EACH_ALONE) {
      return FuzzTargets.groups().entrySet().stream()
          .map(g -> DynamicTest.dynamicTest(g.getKey(), () -> fuzz(g.getKey(), g.getValue())));
    }
    var wanted = Arrays.asList(ONLY.split(","));
    return FuzzTargets.all().stream()
        .filter(target -> ONLY.isEmpty() || wanted.contains(target.name()))
        .map(t -> DynamicTest.dynamicTest(t.name(), () -> fuzz(t.name(), List.of(t))));
  }

  private void fuzz(String name, List<FuzzTarget> targets) throws Exception {
    assumeTrue(SECONDS > 0, "fuzzing is off");
    Path mine = Files.createDirectories(directory.resolve(name));
    var result = new JazzerRun(targets, mine).run(SECONDS, SEED);
    result
        .find()
        .ifPresent(
            find -> {
              throw new AssertionError(
                  "seed "
                      + SEED
                      + ": "
                      + find.target()
                      + " with "
                      + shown(find.input())
                      + "\n"
                      + cause(result.log()));
            });
    System.out.println("fuzz " + name + ": " + result.executions() + " inputs");
    assertThat(result.executions()).as("inputs tried").isGreaterThan(200);
  }

  private static String cause(String log) {
    int at = log.indexOf("== Java Exception");
    return at < 0 ? log.substring(Math.max(0, log.length() - 4000)) : log.substring(at);
  }

  private static String shown(byte[] input) {
    return Base64.getEncoder().encodeToString(input) + " (" + Fuzz.text(input) + ")";
  }
}
