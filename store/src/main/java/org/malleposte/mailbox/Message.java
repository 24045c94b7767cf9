package org.malleposte.mailbox;

import java.time.Instant;

/**
 * A message in a mailbox, without its body.
 *
 * @param uid 32 bits unsigned
 * @param modSeq of its last change
 * @param internalDate when it arrived, to the second
 * @param sizeBytes RFC822.SIZE
 * @param blob names the body for {@link MailboxStore#openBody}; copies of a message have the same
 * @param saved when it came into this mailbox, to the second (RFC 8514)
 */
public record Message(
    long uid,
    long modSeq,
    Flags flags,
    Instant internalDate,
    long sizeBytes,
    String blob,
    Instant saved) {}
