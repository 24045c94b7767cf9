package org.malleposte.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.malleposte.spool.DiskSpace.Room;

class DiskSpaceTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  @Test
  void theReserveSuitsTheDisk() {
    assertThat(DiskSpace.reserveFor(GIB)).isEqualTo(128 * MIB);
    assertThat(DiskSpace.reserveFor(4 * GIB)).isEqualTo(512 * MIB);
    assertThat(DiskSpace.reserveFor(10 * GIB)).isEqualTo(512 * MIB);
    assertThat(DiskSpace.reserveFor(100 * GIB)).isEqualTo(5 * GIB);
    assertThat(DiskSpace.reserveFor(10_000 * GIB)).isEqualTo(8 * GIB);
  }

  @Test
  void whatIsInFlightCountsTwiceUntilItIsReleased() {
    var usable = new AtomicLong(1000);
    var disk = new DiskSpace(usable::get, 500);
    assertThat(disk.reserve(200, Room.NEW_MAIL)).isEmpty();
    assertThat(disk.reserve(51, Room.NEW_MAIL)).isPresent();
    assertThat(disk.reserve(50, Room.NEW_MAIL)).isEmpty();
    assertThat(disk.reserve(100, Room.TAKEN_OVER)).isEmpty();
    assertThat(disk.isLow()).isTrue();
    disk.release(350);
    assertThat(disk.isLow()).isFalse();
    assertThat(disk.reserve(250, Room.NEW_MAIL)).isEmpty();
    disk.release(250);
    usable.set(499);
    assertThat(disk.reserve(0, Room.NEW_MAIL)).isPresent();
    assertThat(disk.reserve(0, Room.TAKEN_OVER)).isEmpty();
  }
}
