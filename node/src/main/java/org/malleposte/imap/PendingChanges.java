package org.malleposte.imap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.mailbox.MailboxChange;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.UidSet;

/**
 * What has happened to the selected mailbox and has not been told to the client. Bounded: when too
 * much waits, or single changes are not known, it only remembers since when.
 */
final class PendingChanges {
  /** What is known. */
  sealed interface State {
    record Known(List<MailboxChange> changes) implements State {}

    /** Compare with a fresh read; flags changed after {@code sinceModSeq} are to be told. */
    record Lost(long sinceModSeq) implements State {}
  }

  private final long mailboxId;
  private final Map<Long, Long> own = new HashMap<>();
  private State state = new State.Known(new ArrayList<>());
  private long toldModSeq;
  private long coveredModSeq;

  /**
   * @param toldModSeq all up to this change is known to the client
   */
  PendingChanges(long mailboxId, long toldModSeq) {
    this.mailboxId = mailboxId;
    this.toldModSeq = toldModSeq;
  }

  void note(MailboxChange change) {
    if (change.mailboxId() != mailboxId) {
      return;
    }
    switch (state) {
      case State.Lost _ -> {
        if (change instanceof MailboxChange.Deleted) {
          state = new State.Known(new ArrayList<>(List.of(change)));
        }
      }
      case State.Known(var changes) -> {
        boolean full = changes.size() >= ImapLimits.PENDING_CHANGES_MAX;
        if (full || change instanceof MailboxChange.Unknown) {
          lose();
        } else if (!isOwn(change) && !isCovered(change)) {
          changes.add(change);
        }
      }
    }
  }

  /** Single changes are not known from here on. */
  void lose() {
    // Of a change to many messages only some may have been told: all of it is told again.
    state = new State.Lost(toldModSeq - 1);
  }

  /** The client knows this state of the message, because its own command made it. */
  void own(Message message) {
    if (own.size() >= ImapLimits.PENDING_CHANGES_MAX) {
      // Telling the client what it knows is harmless; growing without end is not.
      own.clear();
    }
    own.put(message.uid(), message.modSeq());
    if (state instanceof State.Known(var changes)) {
      changes.removeIf(this::isOwn);
    }
  }

  /** Takes what waits; what happens from now on is noted anew. */
  State take() {
    State taken = state;
    state = new State.Known(new ArrayList<>());
    return taken;
  }

  /** Puts back what could not be told yet, before what has come since. */
  void putBack(List<MailboxChange> held) {
    if (state instanceof State.Known(var changes)) {
      changes.addAll(0, held);
    }
  }

  /** The client has been told all up to this change. */
  void told(long modSeq) {
    toldModSeq = Math.max(toldModSeq, modSeq);
    own.values().removeIf(ownModSeq -> ownModSeq < modSeq);
  }

  /**
   * A fresh read has shown, or will show, all up to this change: what the watch says of the time
   * before must not be told after it.
   */
  void covered(long modSeq) {
    told(modSeq);
    coveredModSeq = Math.max(coveredModSeq, modSeq);
    if (state instanceof State.Known(var changes)) {
      changes.removeIf(this::isCovered);
    }
  }

  boolean isEmpty() {
    return state instanceof State.Known(var changes) && changes.isEmpty();
  }

  boolean isLost() {
    return state instanceof State.Lost;
  }

  /** The largest UID that is known to have been given, told or not; 0 for none that waits. */
  long lastAppended() {
    long last = 0;
    if (state instanceof State.Known(var changes)) {
      for (var change : changes) {
        if (change instanceof MailboxChange.Appended(var _, long uid, var _)) {
          last = Math.max(last, uid);
        }
      }
    }
    return last;
  }

  /**
   * Up to where a client knows all that has happened if it knows that these are gone; only if
   * nothing else waits can that be more than it has been told.
   */
  long modSeqWith(UidSet gone) {
    if (!(state instanceof State.Known(var changes))) {
      return toldModSeq;
    }
    long modSeq = toldModSeq;
    for (var change : changes) {
      if (!(change instanceof MailboxChange.Expunged(var _, var uids, long at))
          || !uids.equals(gone)) {
        return toldModSeq;
      }
      modSeq = Math.max(modSeq, at);
    }
    return modSeq;
  }

  long toldModSeq() {
    return toldModSeq;
  }

  /** Other changes can be told twice: what is there is not added, what is gone not removed. */
  private boolean isCovered(MailboxChange change) {
    return change instanceof MailboxChange.FlagsChanged(var _, var _, long modSeq, var _)
        && modSeq <= coveredModSeq;
  }

  private boolean isOwn(MailboxChange change) {
    return change instanceof MailboxChange.FlagsChanged(var _, long uid, long modSeq, var _)
        && modSeq <= own.getOrDefault(uid, 0L);
  }
}
