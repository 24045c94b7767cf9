package org.malleposte.imap;

import java.util.List;

/**
 * Sequence numbers or UIDs as a client wrote them (RFC 3501 §9, {@code sequence-set}).
 *
 * @param ranges in the order in which they came
 */
record SequenceSet(List<Range> ranges) {
  /** {@code *}: the largest number in use. */
  static final long STAR = Long.MAX_VALUE;

  /** {@code $}: what the last SEARCH has saved (RFC 5182). No other set is empty. */
  static final SequenceSet SAVED = new SequenceSet(List.of());

  /** Both ends included, in any order. */
  record Range(long from, long to) {
    Range {
      if (from < 1 || to < 1) {
        throw new IllegalArgumentException("numbers begin at 1");
      }
    }

    long first(long largest) {
      return Math.min(resolve(from, largest), resolve(to, largest));
    }

    long last(long largest) {
      return Math.max(resolve(from, largest), resolve(to, largest));
    }

    private static long resolve(long number, long largest) {
      return number == STAR ? largest : number;
    }
  }

  SequenceSet {
    ranges = List.copyOf(ranges);
  }

  boolean isSaved() {
    return ranges.isEmpty();
  }
}
