package org.malleposte.delivery;

import java.util.List;
import java.util.Map;
import org.malleposte.blob.MessageBody;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;

/** Brings one mail to some of its targets: into the store, or to another host. */
public interface DeliveryAgent {
  /**
   * Tries once. Blocks; call it on a virtual thread. May be called again for the same entry and
   * targets, also after it had delivered and the caller has lost the answer.
   *
   * @return an outcome for each of {@code targets}
   */
  Map<Target, DeliveryOutcome> deliver(SpoolEntry entry, List<Target> targets, MessageBody body);
}
