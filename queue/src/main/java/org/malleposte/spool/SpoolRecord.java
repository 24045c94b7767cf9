package org.malleposte.spool;

import java.util.List;
import java.util.Objects;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;

/**
 * An entry and what its spool must remember about it.
 *
 * @param holders who holds a copy; they are told when it is done
 * @param stamp given by the spool when it took the entry; see {@link Spool#nextStamp()}
 * @param warning whether the sender has been warned of the delay
 */
public record SpoolRecord(
    SpoolEntry entry, List<Holder> holders, long stamp, Origin origin, Warning warning) {
  /** How the entry came here. */
  public sealed interface Origin {
    /** From a client, or it is a report of our own. */
    record Accepted() implements Origin {}

    /** From the spool of a node that does not deliver. */
    record Flushed(NodeName from) implements Origin {}

    /** From a copy, since its owner was gone. */
    record Adopted(NodeName owner, String ownerSpoolId) implements Origin {}

    /** Whether someone may hand us the same entry again after we have finished it. */
    default boolean mayComeAgain() {
      return switch (this) {
        case Accepted _ -> false;
        case Flushed _, Adopted _ -> true;
      };
    }
  }

  /** How far the warning of a delay has come. */
  public sealed interface Warning {
    record NotYet() implements Warning {}

    /** It is to be made under this id. */
    record Due(QueueId report) implements Warning {}

    record Given() implements Warning {}
  }

  public SpoolRecord {
    Objects.requireNonNull(entry);
    Objects.requireNonNull(origin);
    Objects.requireNonNull(warning);
    holders = List.copyOf(holders);
  }

  public QueueId id() {
    return entry.id();
  }

  public SpoolRecord withEntry(SpoolEntry changed) {
    return new SpoolRecord(changed, holders, stamp, origin, warning);
  }

  public SpoolRecord withHolders(List<Holder> changed) {
    return new SpoolRecord(entry, changed, stamp, origin, warning);
  }

  public SpoolRecord withStamp(long changed) {
    return new SpoolRecord(entry, holders, changed, origin, warning);
  }

  public SpoolRecord withWarning(Warning changed) {
    return new SpoolRecord(entry, holders, stamp, origin, changed);
  }
}
