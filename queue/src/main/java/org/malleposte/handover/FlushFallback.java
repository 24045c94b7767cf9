package org.malleposte.handover;

import java.util.List;
import java.util.Map;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;

/**
 * Hands a mail to a deliverer by SMTP or LMTP when the event bus to it does not work though it is
 * alive by membership.
 */
@FunctionalInterface
public interface FlushFallback {
  /**
   * Tries once. Blocks; called on a virtual thread. The deliverer must get the queue id along with
   * the mail and commit under it, or a lost answer doubles the mail: without a deliverer that takes
   * the id, answer Deferred.
   *
   * @param deliverer its address is {@code addresses().get("smtp")}
   * @return an outcome for each target; Delivered: the deliverer has committed it
   */
  Map<Target, DeliveryOutcome> hand(
      Member deliverer, SpoolEntry entry, List<Target> targets, MessageBody body);
}
