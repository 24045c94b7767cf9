package org.malleposte.shard;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.malleposte.mailbox.UidSet;

/**
 * Which UIDs of a mailbox have messages: a bit each, {@value #UIDS} to a key, so that a mailbox of
 * 100,000 messages has a hundred keys to read. Keeps in memory what the entry at hand touches, and
 * the last block, which appends touch. Belongs to the applying thread.
 */
final class UidBlocks {
  static final int UIDS = 1024;

  /** Blocks that one command looks into. */
  private static final int MAX_BLOCKS = 4096;

  private final byte[] account;
  private final long mailboxId;
  private final TreeMap<Long, BitSet> blocks = new TreeMap<>();
  private final Set<Long> changed = new HashSet<>();

  UidBlocks(byte[] account, long mailboxId) {
    this.account = account;
    this.mailboxId = mailboxId;
  }

  /**
   * UIDs with messages, ascending.
   *
   * @param resumeFrom where to go on, 0 when these are all
   */
  record Found(long[] uids, long resumeFrom) {}

  void add(Overlay changes, long uid) {
    block(changes, uid / UIDS).set((int) (uid % UIDS));
    changed.add(uid / UIDS);
  }

  void remove(Overlay changes, long uid) {
    block(changes, uid / UIDS).clear((int) (uid % UIDS));
    changed.add(uid / UIDS);
  }

  /** Those of {@code wanted} below {@code uidNext} that have messages, the first {@code max}. */
  Found find(Overlay changes, UidSet wanted, long uidNext, int max) {
    long[] uids = new long[Math.min(max, 256)];
    int count = 0;
    int visited = 0;
    long seen = -1;
    for (var range : wanted.ranges()) {
      long last = Math.min(range.last(), uidNext - 1);
      for (long uid = range.first(); uid <= last; ) {
        long number = uid / UIDS;
        if (number != seen && ++visited > MAX_BLOCKS) {
          return new Found(Arrays.copyOf(uids, count), uid);
        }
        seen = number;
        int bit = block(changes, number).nextSetBit((int) (uid % UIDS));
        uid = bit < 0 ? (number + 1) * UIDS : number * UIDS + bit;
        if (bit < 0 || uid > last) {
          continue;
        }
        if (count == max) {
          return new Found(Arrays.copyOf(uids, count), uid);
        }
        uids = count < uids.length ? uids : Arrays.copyOf(uids, Math.min(max, 2 * count));
        uids[count++] = uid++;
      }
    }
    return new Found(Arrays.copyOf(uids, count), 0);
  }

  /** Puts the changed blocks into {@code changes}, and forgets all but the last. */
  void flush(Overlay changes) {
    for (long number : changed) {
      var block = blocks.get(number);
      byte[] key = ShardKeys.uidBlock(account, mailboxId, number);
      if (block.isEmpty()) {
        changes.delete(key);
      } else {
        changes.put(key, block.toByteArray());
      }
    }
    changed.clear();
    if (blocks.size() > 1) {
      blocks.headMap(blocks.lastKey()).clear();
    }
  }

  private BitSet block(Overlay changes, long number) {
    return blocks.computeIfAbsent(
        number,
        n ->
            changes
                .get(ShardKeys.uidBlock(account, mailboxId, n))
                .map(BitSet::valueOf)
                .orElseGet(BitSet::new));
  }
}
