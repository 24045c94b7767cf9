package org.malleposte.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeSet;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;

/**
 * Names reports by what they say: who adopts a mail knows nothing of the report that its owner has
 * committed, and makes the same one. Under the same id the mailbox gets it once. A target is
 * settled once, so no two reports of an entry say the same.
 */
final class ReportId {
  /**
   * An id holds a time, from which the report's own lifetime runs. It is the mail's, rounded down
   * to parts of the lifetime: a later one would be another for whoever tries later, and with the
   * mail's own a report of its expiry would be born expired. Across a border of two parts there are
   * two reports.
   */
  static final int PARTS = 4;

  private ReportId() {}

  /**
   * @param about a line for each thing it says
   */
  static QueueId of(SpoolEntry entry, Collection<String> about, Instant now, Duration lifetime) {
    return entry
        .id()
        .derive(time(entry.acceptedAt(), now, lifetime), String.join("\n", new TreeSet<>(about)));
  }

  /** What a report says of a target. */
  static String line(Bouncer.Action action, Target target) {
    String owner = target.owner().map(o -> " by " + o).orElse("");
    return switch (target) {
      case Target.Local(var account, var original, _) ->
          action + " account " + account + " for " + original + owner;
      case Target.Remote(var address, var original, _) ->
          action + " address " + address + " for " + original + owner;
    };
  }

  private static Instant time(Instant accepted, Instant now, Duration lifetime) {
    long partMillis = Math.max(1, lifetime.toMillis() / PARTS);
    long ageMillis = Math.max(0, Duration.between(accepted, now).toMillis());
    return accepted.plusMillis(ageMillis / partMillis * partMillis);
  }
}
