package org.malleposte.handover;

import org.malleposte.mail.QueueId;
import org.malleposte.spool.Brief;

/**
 * Keeps back entries that another node may have adopted while this one was away, until that is
 * known. Local targets need no such care: the store recognises a repeat. Thread-safe.
 */
public interface ResumeGate {
  /** Whether the entry's remote targets may be tried. */
  boolean isOpen(QueueId id, Brief brief);

  /**
   * Whether the entry may yet be dropped because another node has adopted it: nobody must be told
   * that it is safe here.
   */
  boolean isInDoubt(Brief brief);

  /** Calls {@code listener} after the gate has opened for entries for which it was closed. */
  void onOpen(Runnable listener);
}
