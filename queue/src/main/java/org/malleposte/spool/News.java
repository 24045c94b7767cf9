package org.malleposte.spool;

import org.malleposte.mail.QueueId;

/**
 * An entry is not in its owner's spool any more.
 *
 * @param stamp copies that were put up to this one are meant: the entry may have come back since
 */
public record News(QueueId id, long stamp) {}
