package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.kv.MemoryKeyValueStore;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.UidSet;
import org.malleposte.shard.ShardCommand.*;

/**
 * A process applies entries, unlogged, and is killed with SIGKILL at random instants. What is on
 * disk then must be the state at some index, whole: the same, byte for byte, as that of a replica
 * that applied the entries up to there and no more.
 */
class ShardKillTest {
  private static final long SEED = 42;
  private static final int ROUNDS = 3;
  private static final int SNAPSHOT_EVERY = 300;

  @TempDir Path directory;

  /** The same entries in every process. */
  private static final class Stream {
    private final Random random = new Random(SEED);
    private final Entries entries = new Entries(SEED);

    byte[] next() {
      entries.timeMillis += random.nextInt(100);
      var account = new AccountName("user" + random.nextInt(5));
      var commands = new ArrayList<ShardCommand>();
      for (int i = random.nextInt(1, 8); i > 0; i--) {
        var uids = UidSet.range(random.nextInt(1, 300), 300 + random.nextInt(100));
        byte[] body = new byte[random.nextInt(6000)];
        random.nextBytes(body);
        commands.add(
            switch (random.nextInt(8)) {
              case 0 ->
                  new StoreFlags(
                      account,
                      1,
                      uids,
                      FlagChange.ADD,
                      Flags.of(Flags.SEEN, "k" + random.nextInt(4)),
                      OptionalLong.empty());
              case 1 -> new Expunge(account, 1, uids, true);
              default ->
                  new Append(
                      entries.id(),
                      account,
                      MailboxName.INBOX,
                      random.nextInt(4) == 0 ? Flags.of(Flags.DELETED) : Flags.NONE,
                      7,
                      new Body.Inline(body));
            });
      }
      return entries.encode(commands);
    }
  }

  /** The process that is killed. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (var state = Entries.open(directory.resolve("state"))) {
      long first = state.position().index() + 1;
      System.out.println("at " + first);
      var stream = new Stream();
      for (long i = 0; ; i++) {
        byte[] entry = stream.next();
        if (i >= first) {
          state.apply(1, i, entry);
          if (i % SNAPSHOT_EVERY == 0) {
            state.snapshot(directory.resolve("snapshot" + i + "-" + ProcessHandle.current().pid()));
          }
          if (i % 50 == 0) {
            System.out.println("applied " + i);
          }
        }
      }
    }
  }

  @Test
  void whatSigkillLeavesIsAPrefix() throws Exception {
    var random = new Random(SEED);
    long position = -1;
    var expected =
        ShardState.open(
            directory.resolve("memory"),
            1,
            new ShardMap(1),
            Entries.FOUNDED,
            _ -> new MemoryKeyValueStore());
    var stream = new Stream();
    for (int round = 0; round < ROUNDS; round++) {
      runAndKill(random.nextInt(200, 900));
      try (var state = Entries.open(directory.resolve("state"))) {
        long reached = state.position().index();
        System.out.println("killed: on disk up to " + reached);
        assertThat(reached).isGreaterThanOrEqualTo(position);
        for (long i = position + 1; i <= reached; i++) {
          expected.apply(1, i, stream.next());
        }
        position = reached;
        assertThat(state.digest().agrees(expected.digest())).isTrue();
      }
    }
    assertThat(position).isPositive();
    expected.close();
  }

  /** Kills it once it has applied so many entries more. */
  private void runAndKill(int entries) throws Exception {
    Path errors = directory.resolve("errors");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ShardKillTest.class.getName(),
                directory.toString())
            .redirectError(errors.toFile())
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      assertThat(line).as(() -> read(errors)).startsWith("at ");
      long last = Long.parseLong(line.substring(3)) + entries;
      do {
        line = out.readLine();
        assertThat(line).as(() -> read(errors)).startsWith("applied ");
      } while (Long.parseLong(line.substring(8)) < last);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
