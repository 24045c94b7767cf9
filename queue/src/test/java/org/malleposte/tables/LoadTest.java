package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.Domain;

/** Large tables load soon, and each entry is found. */
class LoadTest {
  @TempDir Path temp;

  /** A tenth of what is promised, with a bound that a busy machine keeps. */
  @Test
  void aHundredThousandEntries() throws IOException {
    assertThat(load(100_000)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  @Tag("soak")
  void aMillionEntriesInUnderFiveSeconds() throws IOException {
    assertThat(load(1_000_000)).isLessThan(Duration.ofSeconds(5));
  }

  private Duration load(int entries) throws IOException {
    int each = entries / 4;
    write("aliases", each, i -> "user" + i + ": account" + i % 5000);
    write("virtusertable", each, i -> "user" + i + "@domain" + i % 1000 + ".example\tuser" + i);
    write("access", each, i -> "From:sender" + i + "@spam" + i + ".example\tREJECT");
    write("relay-domains", each, i -> "relay" + i + ".example");

    // The thread's own time: the machine may be busy with others.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    TableLoader.Loaded loaded =
        new TableLoader(OwnHost.named("mx.example.com"), Set.of())
            .load(new TableSource(temp, temp.resolve("aliases")));
    Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);

    assertThat(loaded.problems()).isEmpty();
    TableSet tables = loaded.tables();
    assertThat(tables.aliases().aliases().size()).isEqualTo(each);
    for (int i = 0; i < each; i += each / 100) {
      assertThat(tables.aliases().find("user" + i)).isPresent();
      assertThat(tables.relayDomains().domain(Domain.of("a.relay" + i + ".example"))).isPresent();
      assertThat(tables.virtUsers().find("user" + i, Domain.of("domain" + i % 1000 + ".example")))
          .isPresent();
    }
    return took;
  }

  private interface Line {
    String of(int number);
  }

  private void write(String file, int lines, Line line) throws IOException {
    try (var out = new PrintWriter(Files.newBufferedWriter(temp.resolve(file)))) {
      for (int i = 0; i < lines; i++) {
        out.println(line.of(i));
      }
    }
  }
}
