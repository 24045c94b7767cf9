package org.malleposte.handover;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.malleposte.mail.QueueId;

/**
 * Mails that are being committed: a holder may have their copy before the spool has the entry, and
 * must not be told that nobody knows them. Thread-safe.
 */
public final class Underway {
  private final Set<QueueId> ids = ConcurrentHashMap.newKeySet();

  boolean begin(QueueId id) {
    return ids.add(id);
  }

  void end(QueueId id) {
    ids.remove(id);
  }

  /** Whether it is being committed, so that nobody may act on it yet. */
  public boolean contains(QueueId id) {
    return ids.contains(id);
  }
}
