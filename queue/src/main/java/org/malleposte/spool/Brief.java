package org.malleposte.spool;

import java.time.Instant;
import java.util.List;

/**
 * What a spool keeps in memory of an entry: some 200 bytes.
 *
 * @param local has a pending target here in the cluster
 * @param remote has a pending target elsewhere
 * @param bouncing has a report to make
 * @param mayComeAgain someone may hand the finished entry to us again
 */
public record Brief(
    long sizeBytes,
    Instant nextAttempt,
    boolean held,
    boolean local,
    boolean remote,
    boolean bouncing,
    boolean mayComeAgain,
    long stamp,
    List<Holder> holders) {
  /** Of the spool, when it took the entry. */
  public long incarnation() {
    return Stamps.incarnation(stamp);
  }
}
