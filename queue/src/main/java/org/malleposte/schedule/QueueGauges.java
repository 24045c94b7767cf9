package org.malleposte.schedule;

import java.time.Duration;
import java.time.InstantSource;
import org.malleposte.handover.Adoption;
import org.malleposte.handover.Copies;
import org.malleposte.handover.HeldCopies;
import org.malleposte.handover.OwnerCheck;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.Spool;

/** What there is to see of this node's queue, for gauges and health. Thread-safe; never blocks. */
public final class QueueGauges {
  private final Spool spool;
  private final HeldCopies held;
  private final Copies copies;
  private final Adoption adoption;
  private final OwnerCheck check;
  private final DiskSpace disk;
  private final InstantSource clock;

  public QueueGauges(
      Spool spool,
      HeldCopies held,
      Copies copies,
      Adoption adoption,
      OwnerCheck check,
      DiskSpace disk,
      InstantSource clock) {
    this.spool = spool;
    this.held = held;
    this.copies = copies;
    this.adoption = adoption;
    this.check = check;
    this.disk = disk;
    this.clock = clock;
  }

  public int entries() {
    return spool.depth().entries();
  }

  /** Of bodies. */
  public long bytes() {
    return spool.depth().bytes();
  }

  /** Zero when the spool is empty. */
  public Duration oldestAge() {
    return spool
        .depth()
        .oldest()
        .map(oldest -> Duration.between(oldest, clock.instant()))
        .filter(age -> !age.isNegative())
        .orElse(Duration.ZERO);
  }

  /** Copies that this node holds for others. */
  public int copiesHeld() {
    return held.count();
  }

  public long copiesHeldBytes() {
    return held.bytes();
  }

  /** Zero unless mail is accepted on this node alone. */
  public Duration aloneFor() {
    return copies
        .aloneSince()
        .map(since -> Duration.between(since, clock.instant()))
        .orElse(Duration.ZERO);
  }

  /** Entries adopted since the start. */
  public long adopted() {
    return adoption.adopted();
  }

  /** Whether entries wait to know whether another node has adopted them. */
  public boolean isInDoubt() {
    return check.isDoubtful();
  }

  /** Whether new mail is refused because the disk is nearly full. */
  public boolean isDiskLow() {
    return disk.isLow();
  }
}
