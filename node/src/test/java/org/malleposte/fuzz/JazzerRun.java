package org.malleposte.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Jazzer in a process of its own: it instruments our classes as they are loaded, and can do so only
 * once in a process. Blocks.
 */
final class JazzerRun {
  /** Of one input: longer is a find. */
  private static final int TIMEOUT_SECONDS = 10;

  private static final int INPUT_MAX_BYTES = 4096;
  private static final int HEAP_MEGABYTES = 512;

  private static final int LONG_SECONDS = 20;
  private static final int BUILD_RUNS = 1_500;

  /** Beyond the time it was given: to start, and to read the corpus. */
  private static final int GRACE_SECONDS = 180;

  /**
   * @param find empty when nothing was found
   * @param log all that Jazzer said
   */
  record Result(Optional<Find> find, long executions, String log) {}

  /**
   * @param input as the target takes it
   */
  record Find(FuzzTarget target, byte[] input) {}

  private final List<FuzzTarget> targets;
  private final Path directory;

  /**
   * @param directory empty, for what is found
   */
  JazzerRun(List<FuzzTarget> targets, Path directory) {
    this.targets = List.copyOf(targets);
    this.directory = directory;
  }

  Result run(int seconds, long seed) throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(directory.resolve("corpus"));
    writeCorpus(corpus);
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(command(corpus, seconds, seed))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(seconds + GRACE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Jazzer does not end; its log: " + log);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1);
    Optional<Find> find = find();
    if (find.isEmpty() && process.exitValue() != 0) {
      throw new AssertionError("Jazzer failed:\n" + said);
    }
    return new Result(find, executions(said), said);
  }

  private void writeCorpus(Path corpus) throws IOException {
    int number = 0;
    for (int i = 0; i < targets.size(); i++) {
      for (byte[] input : Corpus.of(targets.get(i))) {
        byte[] bytes = targets.size() == 1 ? input : Fuzz.behind(i, input);
        if (bytes.length <= INPUT_MAX_BYTES) {
          Files.write(corpus.resolve(targets.get(i).name() + "-" + number++), bytes);
        }
      }
    }
  }

  private List<String> command(Path corpus, int seconds, long seed) {
    String names = targets.stream().map(FuzzTarget::name).collect(Collectors.joining(","));
    // In a short run the start is what costs: the second compiler would never earn its keep.
    String compilers = seconds < LONG_SECONDS ? "1" : "4";
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + HEAP_MEGABYTES + "m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=" + compilers,
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Djava.io.tmpdir=" + directory,
        "-D" + FuzzEntry.TARGETS + "=" + names,
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + FuzzEntry.class.getName(),
        "--instrumentation_includes=org.malleposte.**",
        "--custom_hook_includes=org.malleposte.**",
        "-max_total_time=" + seconds,
        // A build tries the same on every machine; the profile tries as much as time allows.
        "-runs=" + (seconds < LONG_SECONDS ? BUILD_RUNS : -1),
        "-seed=" + seed,
        "-max_len=" + INPUT_MAX_BYTES,
        "-timeout=" + TIMEOUT_SECONDS,
        // The heap is bounded by itself; what the JVM needs besides is no find.
        "-rss_limit_mb=0",
        "-print_final_stats=1",
        "-artifact_prefix=" + directory + "/",
        "--reproducer_path=" + directory,
        corpus.toString());
  }

  /** The input that libFuzzer left. */
  private Optional<Find> find() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(
              f -> f.getFileName().toString().matches("(crash|timeout|oom|slow-unit)-[0-9a-f]+"))
          .filter(f -> !f.getFileName().toString().startsWith("slow"))
          .min(Comparator.comparing(Path::toString))
          .map(file -> find(Fuzz.read(file)));
    }
  }

  private Find find(byte[] input) {
    return targets.size() == 1
        ? new Find(targets.getFirst(), input)
        : new Find(targets.get(Fuzz.choice(input) % targets.size()), Fuzz.rest(input));
  }

  private static long executions(String log) {
    return log.lines()
        .filter(line -> line.startsWith("stat::number_of_executed_units:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':', 6) + 1).strip()))
        .sum();
  }
}
