package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.QueueId;

/** A real process, SIGKILLed under load: what it had acknowledged is there afterwards. */
class SpoolKillTest {
  @TempDir Path directory;

  /** What the process has said over all its lives. */
  private final Map<QueueId, String> acknowledged = new HashMap<>();

  private final Set<QueueId> removing = new HashSet<>();
  private final Set<QueueId> removed = new HashSet<>();

  @Test
  void everyAcknowledgedMailSurvives() throws Exception {
    rounds(3, 20260504);
  }

  @Test
  @Tag("soak")
  void everyAcknowledgedMailSurvivesManyTimes() throws Exception {
    rounds(30, 20260505);
  }

  private void rounds(int rounds, long seed) throws Exception {
    var random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      int before = acknowledged.size();
      runAndKill(random.nextLong(), 300 + random.nextInt(1500));
      assertThat(acknowledged.size())
          .describedAs("seed %d round %d", seed, round)
          .isGreaterThan(before);
      verify("seed " + seed + " round " + round);
    }
  }

  private void runAndKill(long seed, int lines) throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SpoolProcess.class.getName(),
                directory.resolve("spool").toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        note(out.readLine());
      }
      // SIGKILL; by the handle, since Process would close what it has still to say.
      process.toHandle().destroyForcibly();
      // What it had said before it died is said.
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        note(line);
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private void note(String line) {
    assertThat(line).isNotNull().doesNotStartWith("failed");
    String[] words = line.split(" ");
    if (words.length < 2 || words[1].length() != QueueId.LENGTH) {
      return; // cut off by the kill
    }
    var id = new QueueId(words[1]);
    switch (words[0]) {
      case "put" -> {
        if (words.length == 3 && words[2].length() == 16) {
          acknowledged.put(id, words[2]);
        }
      }
      case "removing" -> removing.add(id);
      case "removed" -> removed.add(id);
      default -> throw new IllegalArgumentException(line);
    }
  }

  private void verify(String when) throws Exception {
    try (var committer = Executors.newSingleThreadExecutor();
        var blocking = Executors.newFixedThreadPool(2)) {
      var spool =
          RocksSpool.open(
              directory.resolve("spool"),
              committer,
              blocking,
              new DiskSpace(() -> 1L << 40, 0),
              RocksSpool.Limits.DEFAULT,
              new Random(1));
      for (var entry : acknowledged.entrySet()) {
        var id = entry.getKey();
        if (!removing.contains(id)) {
          assertThat(spool.contains(id)).describedAs("%s: %s is lost", when, id).isTrue();
        }
        if (removed.contains(id)) {
          assertThat(spool.contains(id)).describedAs("%s: %s is back", when, id).isFalse();
        }
      }
      for (var record : all(spool)) {
        var crc = new CRC32();
        crc.update(spool.body(record.id()).readAll());
        var expected = acknowledged.get(record.id());
        if (expected != null) {
          assertThat(HexFormat.of().toHexDigits(crc.getValue()))
              .describedAs("%s: body of %s", when, record.id())
              .isEqualTo(expected);
        }
      }
      spool.close();
    }
  }

  private static List<SpoolRecord> all(Spool spool) {
    var all = new ArrayList<SpoolRecord>();
    var page = spool.list(Optional.empty(), 500);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = spool.list(Optional.of(page.getLast().id()), 500);
    }
    return all;
  }
}
