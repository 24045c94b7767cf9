package org.malleposte.imap;

import java.util.BitSet;
import java.util.Optional;

/** Turns what a client wrote into messages of its view. */
final class MessageNumbers {
  private MessageNumbers() {}

  /**
   * Positions from 0. Empty when a sequence number has no message; UIDs without a message are no
   * error (RFC 3501 §6.4.8).
   */
  static Optional<BitSet> resolve(MailboxView view, Numbering numbering, SequenceSet set) {
    if (set.isSaved()) {
      return Optional.of(view.saved());
    }
    return switch (numbering) {
      case UID -> Optional.of(byUid(view, set));
      case SEQUENCE -> bySequence(view, set);
    };
  }

  private static BitSet byUid(MailboxView view, SequenceSet set) {
    var positions = new BitSet(view.count());
    long largest = view.lastUid();
    if (largest == 0) {
      return positions;
    }
    for (var range : set.ranges()) {
      positions.set(view.atOrAfter(range.first(largest)), view.atOrAfter(range.last(largest) + 1));
    }
    return positions;
  }

  private static Optional<BitSet> bySequence(MailboxView view, SequenceSet set) {
    var positions = new BitSet(view.count());
    int largest = view.count();
    for (var range : set.ranges()) {
      boolean open = range.from() == SequenceSet.STAR || range.to() == SequenceSet.STAR;
      if (largest == 0 && open) {
        // 1:* of an empty mailbox is what many clients ask.
        continue;
      }
      if (range.first(largest) < 1 || range.last(largest) > largest) {
        return Optional.empty();
      }
      positions.set((int) range.first(largest) - 1, (int) range.last(largest));
    }
    return Optional.of(positions);
  }
}
