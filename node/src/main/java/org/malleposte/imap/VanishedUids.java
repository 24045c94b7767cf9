package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.malleposte.mailbox.UidSet;
import org.malleposte.mailbox.UidSet.Range;
import org.malleposte.mailbox.Vanished;

/** Which messages a client must be told to be gone, and how (RFC 7162 §3.2.10). */
final class VanishedUids {
  static final long UID_MAX = 0xffff_ffffL;

  private VanishedUids() {}

  /**
   * What a client that was away must forget. Never a message that is in {@code view}: that one
   * counts in EXISTS, and is told to be gone when all others are.
   *
   * @param asked among which UIDs
   */
  static UidSet among(UidSet asked, Vanished vanished, MailboxView view) {
    UidSet gone =
        switch (vanished) {
          case Vanished.Known(var uids) -> intersection(asked, uids);
          case Vanished.Forgotten _ -> asked;
        };
    return intersection(gone, absent(view));
  }

  /** All that a message can have had. */
  static UidSet below(long uidNext) {
    return uidNext > 1 ? UidSet.range(1, uidNext - 1) : UidSet.EMPTY;
  }

  /** As the client wrote them; {@code *} is the largest that there can be. */
  static UidSet uids(SequenceSet set) {
    var ranges = new ArrayList<Range>();
    for (var range : set.ranges()) {
      ranges.add(new Range(range.first(UID_MAX), range.last(UID_MAX)));
    }
    return new UidSet(ranges);
  }

  /**
   * The UIDs up to which nothing was expunged, because a message still has the number that the
   * client knew (RFC 7162 §3.2.5.2); 0 for none.
   */
  static long intactUpTo(MailboxView view, Resync.Pairs pairs) {
    var sequences = numbers(pairs.sequences());
    var uids = numbers(pairs.uids());
    long intact = 0;
    while (sequences.hasNext() && uids.hasNext()) {
      long sequence = sequences.nextLong();
      long uid = uids.nextLong();
      if (sequence > view.count() || view.uid((int) sequence) != uid) {
        break;
      }
      intact = uid;
    }
    return intact;
  }

  private static PrimitiveIterator.OfLong numbers(SequenceSet set) {
    return set.ranges().stream()
        .flatMapToLong(range -> LongStream.rangeClosed(range.first(0), range.last(0)))
        .iterator();
  }

  /** UIDs without a message that the client knows. */
  private static UidSet absent(MailboxView view) {
    var gaps = new ArrayList<Range>();
    long next = 1;
    for (int sequence = 1; sequence <= view.count(); sequence++) {
      long uid = view.uid(sequence);
      if (uid > next) {
        gaps.add(new Range(next, uid - 1));
      }
      next = uid + 1;
    }
    if (next <= UID_MAX) {
      gaps.add(new Range(next, UID_MAX));
    }
    return new UidSet(gaps);
  }

  static UidSet intersection(UidSet a, UidSet b) {
    var both = new ArrayList<Range>();
    int i = 0;
    int j = 0;
    while (i < a.ranges().size() && j < b.ranges().size()) {
      Range left = a.ranges().get(i);
      Range right = b.ranges().get(j);
      long first = Math.max(left.first(), right.first());
      long last = Math.min(left.last(), right.last());
      if (first <= last) {
        both.add(new Range(first, last));
      }
      if (left.last() < right.last()) {
        i++;
      } else {
        j++;
      }
    }
    return new UidSet(both);
  }

  /** Lines of bounded length; none when nothing is gone. */
  static String lines(UidSet gone, boolean earlier) {
    var out = new StringBuilder();
    List<Range> ranges = gone.ranges();
    for (int from = 0; from < ranges.size(); from += ImapLimits.VANISHED_RANGES_MAX) {
      int to = Math.min(ranges.size(), from + ImapLimits.VANISHED_RANGES_MAX);
      out.append("* VANISHED ").append(earlier ? "(EARLIER) " : "");
      out.append(new UidSet(ranges.subList(from, to))).append("\r\n");
    }
    return out.toString();
  }

  /** What a client that selects again must forget, of what there can have been. */
  static UidSet since(Resync resync, Vanished vanished, MailboxView view, long uidNext) {
    UidSet asked = resync.knownUids().map(VanishedUids::uids).orElseGet(() -> below(uidNext));
    long intact = resync.pairs().map(pairs -> intactUpTo(view, pairs)).orElse(0L);
    return among(
        vanished instanceof Vanished.Forgotten ? asked.from(intact + 1) : asked, vanished, view);
  }
}
