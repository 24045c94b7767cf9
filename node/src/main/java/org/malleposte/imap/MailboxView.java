package org.malleposte.imap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.UidSet;

/**
 * The messages of a mailbox as this session's client knows them: what gives each its sequence
 * number. It changes only when the client is told (RFC 3501 §7.4.1). Four bytes a message.
 *
 * <p>Owned by the event loop. A lane may read it while a step of the session runs there, because
 * nothing changes it meanwhile.
 */
final class MailboxView {
  private final long mailboxId;
  private final Set<String> keywords = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private UidSet recent = UidSet.EMPTY;
  private int[] uids;
  private int count;

  /**
   * @param uids ascending
   */
  MailboxView(long mailboxId, long[] uids) {
    this.mailboxId = mailboxId;
    this.uids = new int[uids.length];
    for (long uid : uids) {
      this.uids[count++] = (int) uid;
    }
  }

  long mailboxId() {
    return mailboxId;
  }

  int count() {
    return count;
  }

  /**
   * @param sequence from 1
   */
  long uid(int sequence) {
    return Integer.toUnsignedLong(uids[sequence - 1]);
  }

  /** 0 when there is no message. */
  long lastUid() {
    return count == 0 ? 0 : uid(count);
  }

  /** From 1; 0 when the client knows no such message. */
  int sequence(long uid) {
    int index = atOrAfter(uid);
    return index < count && uid(index + 1) == uid ? index + 1 : 0;
  }

  /** New messages, each after all others. */
  void append(long uid) {
    if (uid <= lastUid()) {
      throw new IllegalArgumentException("UID " + uid + " comes after " + lastUid());
    }
    if (count == uids.length) {
      uids = Arrays.copyOf(uids, count + Math.max(16, count / 8));
    }
    uids[count++] = (int) uid;
  }

  /**
   * Takes messages away.
   *
   * @return their sequence numbers, largest first, so that each is right when they are told in this
   *     order
   */
  List<Integer> remove(UidSet gone) {
    BitSet positions = positions(gone);
    var sequences = new ArrayList<Integer>(positions.cardinality());
    for (int i = positions.length() - 1; i >= 0; i = positions.previousSetBit(i - 1)) {
      sequences.add(i + 1);
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!positions.get(i)) {
        uids[kept++] = uids[i];
      }
    }
    count = kept;
    return sequences;
  }

  /** Positions, from 0, of those messages of {@code set} that the client knows. */
  BitSet positions(UidSet set) {
    var positions = new BitSet(count);
    for (var range : set.ranges()) {
      positions.set(atOrAfter(range.first()), atOrAfter(range.last() + 1));
    }
    return positions;
  }

  /** The UIDs at these positions. */
  UidSet uids(BitSet positions) {
    var ranges = new ArrayList<UidSet.Range>();
    for (int from = positions.nextSetBit(0); from >= 0; ) {
      // A run of neighbours is one range, even over UIDs that nobody has: the store skips those.
      int end = positions.nextClearBit(from);
      ranges.add(new UidSet.Range(uid(from + 1), uid(end)));
      from = positions.nextSetBit(end);
    }
    return new UidSet(ranges);
  }

  /** Those of {@code set} that the client knows, and no other UIDs. */
  UidSet known(UidSet set) {
    return UidSet.ofAscending(() -> positions(set).stream().mapToObj(i -> uid(i + 1)).iterator());
  }

  /** Messages from {@code first} to {@code last} are this session's recent ones too. */
  void addRecent(long first, long last) {
    if (first <= last) {
      var ranges = new ArrayList<>(recent.ranges());
      ranges.add(new UidSet.Range(first, last));
      recent = new UidSet(ranges);
    }
  }

  boolean isRecent(long uid) {
    return recent.contains(uid);
  }

  int recentCount() {
    return positions(recent).cardinality();
  }

  UidSet recent() {
    return recent;
  }

  /**
   * Notes that the client is about to see these flags.
   *
   * @return whether a keyword is among them that it has not been told of
   */
  boolean learn(Flags flags) {
    boolean news = false;
    for (String name : flags.names()) {
      if (!name.startsWith("\\") && keywords.size() < ImapLimits.KEYWORDS_MAX) {
        news |= keywords.add(name);
      }
    }
    return news;
  }

  Set<String> keywords() {
    return keywords;
  }

  /** Index of the first UID that is not less. */
  int atOrAfter(long uid) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Integer.toUnsignedLong(uids[middle]) < uid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
