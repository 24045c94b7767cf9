package org.malleposte.imap;

import java.util.Optional;

/**
 * What a client remembers of a mailbox when it selects it again (RFC 7162 §3.2.5).
 *
 * @param knownUids those that it has; empty: all that there may have been
 * @param pairs a sample of what it had, to find where nothing has been expunged before
 */
record Resync(
    long uidValidity, long modSeq, Optional<SequenceSet> knownUids, Optional<Pairs> pairs) {
  /** The n-th number belonged to the n-th UID; both ascending, without {@code *}. */
  record Pairs(SequenceSet sequences, SequenceSet uids) {}
}
