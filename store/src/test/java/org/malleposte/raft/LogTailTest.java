package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;

/** A log as Ratis writes it, and what a crash, or a failing disk, makes of it. */
class LogTailTest {
  private static final int PREALLOCATED = 4 << 20;

  @TempDir Path root;
  private final TestCluster cluster = new TestCluster();
  private TestNode.Seat seat;
  private Path file;
  private int end;

  @BeforeEach
  void write() throws Exception {
    seat = TestNode.Seat.of("a", Role.PRIMARY, root, 1);
    var node = cluster.start(seat);
    TestCluster.write(node, "one-", 5, 3000);
    cluster.stop(node);
    try (var files = Files.walk(seat.directory().resolve("raft"))) {
      file =
          files
              .filter(f -> f.getFileName().toString().startsWith("log_inprogress"))
              .findFirst()
              .orElseThrow();
    }
    end = (int) Files.size(file);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  /** What a running node's file looks like: zeros follow. */
  private byte[] preallocated() throws IOException {
    return Arrays.copyOf(Files.readAllBytes(file), PREALLOCATED);
  }

  /** A frame of an entry, with a length that fits and a checksum that does not. */
  private byte[] frame() {
    byte[] frame = new byte[3000];
    new Random(7).nextBytes(frame);
    int length = frame.length - 2 - Integer.BYTES;
    frame[0] = (byte) (length & 0x7f | 0x80);
    frame[1] = (byte) (length >> 7);
    return frame;
  }

  private void assertOpens(int entries) throws Exception {
    var node = cluster.start(seat);
    TestCluster.write(node, "two-", 2, 10);
    assertThat(node.ledger().size()).isEqualTo(entries + 2);
  }

  @Test
  void zerosAreTheEnd() throws Exception {
    Files.write(file, preallocated());
    assertOpens(5);
  }

  @Test
  void aTornEntryIsCut() throws Exception {
    var bytes = preallocated();
    byte[] torn = frame();
    System.arraycopy(torn, 0, bytes, end, 1024);
    Files.write(file, bytes);
    assertOpens(5);
  }

  @Test
  void anEntryWithoutItsBeginningIsCut() throws Exception {
    var bytes = preallocated();
    int sector = (end / 512 + 1) * 512;
    System.arraycopy(frame(), 600, bytes, sector, 1024);
    Files.write(file, bytes);
    assertOpens(5);
  }

  @Test
  void aDamagedEntryIsRefused() throws Exception {
    var bytes = preallocated();
    bytes[end - 1500] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> cluster.start(seat))
        .isInstanceOf(StoreDamagedException.class)
        .hasMessageContaining("damaged");
  }
}
