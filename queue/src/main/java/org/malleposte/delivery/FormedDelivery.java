package org.malleposte.delivery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;

/**
 * Gives a mail its form for other hosts, then lets another agent deliver it: for each owner of a
 * mailing list, who is then its sender, apart. Thread-safe.
 */
public final class FormedDelivery implements DeliveryAgent {
  private static final EnhancedStatus NOT_READABLE = new EnhancedStatus(4, 3, 0);

  private final DeliveryAgent agent;
  private final Supplier<OutboundForm> form;

  /**
   * @param form asked for each mail: it may change with a reload
   */
  public FormedDelivery(DeliveryAgent agent, Supplier<OutboundForm> form) {
    this.agent = agent;
    this.form = form;
  }

  @Override
  public Map<Target, DeliveryOutcome> deliver(
      SpoolEntry entry, List<Target> targets, MessageBody body) {
    var byOwner = new LinkedHashMap<Optional<EmailAddress>, List<Target>>();
    for (var target : targets) {
      byOwner.computeIfAbsent(target.owner(), _ -> new ArrayList<>()).add(target);
    }
    var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
    byOwner.forEach(
        (owner, some) -> outcomes.putAll(deliverAsIs(entry.sentOnBy(owner), some, body)));
    return outcomes;
  }

  private Map<Target, DeliveryOutcome> deliverAsIs(
      SpoolEntry entry, List<Target> targets, MessageBody body) {
    try {
      var outgoing = form.get().of(entry.envelope().from(), body);
      var envelope = entry.envelope();
      return agent.deliver(
          outgoing.from().equals(envelope.from())
              ? entry
              : entry.withEnvelope(envelope.withFrom(outgoing.from())),
          targets,
          outgoing.body());
    } catch (IOException e) {
      var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
      targets.forEach(
          t -> outcomes.put(t, new DeliveryOutcome.Deferred(NOT_READABLE, "cannot be read: " + e)));
      return outcomes;
    }
  }
}
