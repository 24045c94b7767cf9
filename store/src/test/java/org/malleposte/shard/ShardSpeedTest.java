package org.malleposte.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.kv.RocksKeyValueStore;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.UidSet;

/** What applying costs. Prints; asserts only what a much slower machine would still reach. */
@Tag("soak")
class ShardSpeedTest {
  @TempDir Path directory;
  private final Random random = new Random(1);
  private long index;
  private long sequence;

  private ShardState open() {
    return ShardState.open(
        directory,
        1,
        new ShardMap(1),
        Entries.FOUNDED,
        path -> RocksKeyValueStore.open(path, RocksKeyValueStore.Tuning.DEFAULT));
  }

  private void apply(ShardState state, List<ShardCommand> commands) {
    var frames = commands.stream().map(EntryCodec::frame).toList();
    state.apply(1, index++, EntryCodec.entry(new byte[16], sequence++, 1_000_000 + index, frames));
  }

  private ShardCommand append(String account, byte[] body) {
    return new ShardCommand.Append(
        QueueId.create(InstantSource.system().instant(), random),
        new AccountName(account),
        MailboxName.INBOX,
        Flags.NONE,
        1_780_000_000,
        new ShardCommand.Body.Inline(body));
  }

  @Test
  void appends() {
    for (int size : new int[] {1 << 10, 4 << 10, 64 << 10}) {
      for (int batch : new int[] {1, 16, 64, 256}) {
        if ((long) size * batch > 1_900_000) {
          continue;
        }
        report(size, batch);
      }
    }
  }

  private void report(int size, int batch) {
    byte[] body = new byte[size];
    random.nextBytes(body);
    try (var state = open()) {
      int count = Math.min(60_000, (400 << 20) / size);
      long start = 0;
      long cpu = 0;
      for (int done = 0; done < count; done += batch) {
        if (done >= count / 5 && start == 0) {
          start = System.nanoTime();
          cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
        var commands = new ArrayList<ShardCommand>();
        for (int i = 0; i < batch; i++) {
          commands.add(append("user" + random.nextInt(100), body));
        }
        apply(state, commands);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      double rate = count * 0.8 / seconds;
      cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
      System.out.printf(
          "apply: %d bytes, %d in an entry: %.0f mails/s, %.0f us of CPU each on the thread%n",
          size, batch, rate, cpu / 1e3 / (count * 0.8));
      assertThat(rate).isGreaterThan(size > 10_000 ? 200 : 1000);
    }
  }

  @Test
  void aLargeMailboxIsOpenedWithoutReadingIt() {
    try (var state = open()) {
      var alice = new AccountName("alice");
      for (int i = 0; i < 200; i++) {
        var commands = new ArrayList<ShardCommand>();
        for (int j = 0; j < 500; j++) {
          commands.add(append("alice", new byte[300]));
        }
        apply(state, commands);
      }
      var found = new AtomicLong();
      for (int i = 0; i < 5; i++) {
        var info = timed("info", () -> state.read(reader -> reader.find(alice, 1).orElseThrow()));
        assertThat(info.messages()).isEqualTo(100_000);
        long[] uids = timed("uids", () -> state.read(reader -> reader.uids(alice, 1)));
        assertThat(uids).hasSize(100_000);
        timed(
            "messages",
            () ->
                state.read(
                    reader -> {
                      reader.messages(
                          alice, 1, UidSet.range(1, 1L << 31), _ -> found.incrementAndGet());
                      return 0;
                    }));
        timed(
            "changedSince",
            () ->
                state.read(
                    reader -> {
                      reader.changedSince(
                          alice,
                          1,
                          UidSet.range(1, 1L << 31),
                          99_000,
                          _ -> found.incrementAndGet());
                      return 0;
                    }));
      }
      timed(
          "2000 flags",
          () -> {
            apply(
                state,
                List.of(
                    new ShardCommand.StoreFlags(
                        alice,
                        1,
                        UidSet.range(1, 100_000),
                        FlagChange.ADD,
                        Flags.of(Flags.SEEN),
                        OptionalLong.empty())));
            return 0;
          });
    }
  }

  private static <T> T timed(String what, java.util.function.Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    System.out.println(
        what + ": " + Duration.ofNanos(System.nanoTime() - start).toNanos() / 1000 + " us");
    return result;
  }
}
