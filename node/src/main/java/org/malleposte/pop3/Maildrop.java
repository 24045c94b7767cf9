package org.malleposte.pop3;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.malleposte.config.UidlFormat;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.UidSet;

/**
 * An INBOX as one session sees it: numbered once, with the session's marks. 8 bytes a message, and
 * 8 more once sizes were asked for. Belongs to the connection's context.
 */
final class Maildrop {
  private final AccountName account;
  private final long mailboxId;
  private final long uidValidity;
  private final long[] uids;
  private final long totalBytes;
  private final UidlFormat uidl;
  private Optional<long[]> sizes = Optional.empty();
  private final BitSet deleted = new BitSet();
  private final BitSet retrieved = new BitSet();
  // Found to be expunged by somebody else: no longer shown, not ours to remove.
  private final BitSet gone = new BitSet();

  /**
   * @param uids ascending
   * @param totalBytes of all of them
   * @param uidl makes their unique ids
   */
  Maildrop(
      AccountName account,
      long mailboxId,
      long uidValidity,
      long[] uids,
      long totalBytes,
      UidlFormat uidl) {
    this.uidl = uidl;
    this.account = account;
    this.mailboxId = mailboxId;
    this.uidValidity = uidValidity;
    this.uids = uids;
    this.totalBytes = totalBytes;
  }

  AccountName account() {
    return account;
  }

  long mailboxId() {
    return mailboxId;
  }

  /** The highest number there is, deleted or not. */
  int last() {
    return uids.length;
  }

  boolean has(long number) {
    return number >= 1
        && number <= uids.length
        && !deleted.get((int) number)
        && !gone.get((int) number);
  }

  /** How many are not deleted. */
  int count() {
    return uids.length - deleted.cardinality() - gone.cardinality();
  }

  /** Whether {@link #size} and {@link #bytes} can be asked. */
  boolean knowsSizes() {
    return sizes.isPresent();
  }

  /**
   * Whether {@link #bytes} can be asked: nothing is missing from the total yet, or sizes are here.
   */
  boolean knowsBytes() {
    return knowsSizes() || deleted.isEmpty() && gone.isEmpty();
  }

  /**
   * @param found by number from 1; negative: the message is gone
   */
  void setSizes(long[] found) {
    sizes = Optional.of(found);
    for (int number = 1; number <= uids.length; number++) {
      if (found[number] < 0) {
        gone.set(number);
      }
    }
  }

  long size(int number) {
    return sizes.orElseThrow()[number];
  }

  /** Of those that are not deleted. */
  long bytes() {
    if (deleted.isEmpty() && gone.isEmpty()) {
      return totalBytes;
    }
    long sum = 0;
    for (int number = 1; number <= uids.length; number++) {
      sum += has(number) ? size(number) : 0;
    }
    return sum;
  }

  long uid(int number) {
    return uids[number - 1];
  }

  /** Number of a UID, or negative. */
  int number(long uid) {
    int at = Arrays.binarySearch(uids, uid);
    return at < 0 ? -1 : at + 1;
  }

  /** RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E, never reused; the same on every node. */
  String uniqueId(int number) {
    return uidl.of(uidValidity, uid(number));
  }

  void delete(int number) {
    deleted.set(number);
  }

  void retrieved(int number) {
    retrieved.set(number);
  }

  void gone(int number) {
    gone.set(number);
  }

  void reset() {
    deleted.clear();
  }

  UidSet allUids() {
    return uids.length == 0 ? UidSet.EMPTY : UidSet.range(uids[0], uids[uids.length - 1]);
  }

  UidSet deletedUids() {
    return uids(deleted);
  }

  /** Retrieved and kept: they count as read now. */
  UidSet readUids() {
    var read = (BitSet) retrieved.clone();
    read.andNot(deleted);
    return uids(read);
  }

  private UidSet uids(BitSet numbers) {
    return UidSet.of(numbers.stream().mapToLong(this::uid).toArray());
  }
}
