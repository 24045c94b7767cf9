package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** INPROGRESS (RFC 9585), with a clock on which each look costs time. */
class ImapProgressTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void longSearchTellsHowFarItIs() throws IOException {
    var seconds = new AtomicLong();
    try (var server = ImapFixture.start(() -> START.plusSeconds(seconds.addAndGet(15)));
        var client = server.selected()) {
      for (int i = 0; i < 300; i++) {
        server.deliver("Subject: x\n\nbody\n");
      }
      assertThat(ImapFixture.command(client, "NOOP")).last().asString().startsWith("t OK");
      assertThat(ImapFixture.command(client, "SEARCH SUBJECT y"))
          .contains("* OK [INPROGRESS (\"t\" 256 300)] Still at it")
          .endsWith("* SEARCH", "t OK Search completed");
    }
  }

  @Test
  void quickSearchDoesNot() throws IOException {
    try (var server = ImapFixture.start(() -> START);
        var client = server.selected()) {
      server.deliver("Subject: x\n\nbody\n");
      assertThat(ImapFixture.command(client, "NOOP")).last().asString().startsWith("t OK");
      assertThat(ImapFixture.command(client, "SEARCH SUBJECT y"))
          .containsExactly("* SEARCH", "t OK Search completed");
    }
  }
}
