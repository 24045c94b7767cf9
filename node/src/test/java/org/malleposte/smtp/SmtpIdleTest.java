package org.malleposte.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that says nothing costs little; {@code ops/bench/run --only idle} measures it apart. */
class SmtpIdleTest {
  private static final int CLIENTS = 500;

  /** 16 KiB for the server's end; the client's end is in this heap as well, with its buffers. */
  private static final int MAX_BYTES_EACH = (16 + 24) << 10;

  @TempDir Path directory;

  @Test
  void silentClientsCostKilobytes() throws Exception {
    try (var harness = new SmtpHarness(directory, SmtpLimits.defaults())) {
      var clients = new ArrayList<SmtpDialogue>();
      try {
        // What the first ones load, all of them use.
        SmtpDialogue.open(harness.address(SmtpHarness.SMTP)).close();
        long before = live();
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(SmtpDialogue.open(harness.address(SmtpHarness.SMTP)));
        }
        assertThat(harness.server.connections().open()).isGreaterThanOrEqualTo(CLIENTS);
        assertThat((live() - before) / CLIENTS).isLessThan(MAX_BYTES_EACH);
        assertThat(harness.server.memory().usedBytes()).isZero();
      } finally {
        clients.forEach(SmtpDialogue::close);
      }
    }
  }

  private static long live() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }
}
