package org.malleposte.spool;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.routing.Target;

/**
 * One message in a spool, without its body.
 *
 * @param deliveries one a target; an entry is done when each of them is
 * @param sizeBytes of the body
 * @param attempts made so far at the pending ones
 * @param nextAttempt not before this
 * @param held by the postmaster: neither attempted nor expired
 */
public record SpoolEntry(
    QueueId id,
    Envelope envelope,
    List<Delivery> deliveries,
    long sizeBytes,
    int attempts,
    Instant nextAttempt,
    boolean held) {
  /** One target and how far it has come. */
  public record Delivery(Target target, State state) {}

  /** How far a delivery has come. */
  public sealed interface State {
    /** To be tried, or tried again; {@code lastError} is empty before the first failure. */
    record Pending(String lastError) implements State {}

    /** It is where it should be. */
    record Delivered() implements State {}

    /**
     * It will never be, and the sender is to be told. The report's id is chosen and kept before the
     * report is made, so that a crash between the two cannot make two reports.
     */
    record Bouncing(EnhancedStatus status, String text, QueueId report) implements State {}

    /**
     * It is where it should be, and the sender wants to hear so (RFC 3461 §5.2.3). The report's id
     * is kept as for {@link Bouncing}.
     *
     * @param relayed to a host that does not report
     */
    record Confirming(boolean relayed, String text, QueueId report) implements State {}

    /** It will never be; the sender has been told, or is the null sender. */
    record Failed(EnhancedStatus status, String text) implements State {}
  }

  public SpoolEntry {
    deliveries = List.copyOf(deliveries);
  }

  public boolean isDone() {
    return deliveries.stream()
        .allMatch(
            d ->
                switch (d.state()) {
                  case State.Pending _, State.Bouncing _, State.Confirming _ -> false;
                  case State.Delivered _, State.Failed _ -> true;
                });
  }

  public List<Target> pending() {
    return deliveries.stream()
        .filter(d -> d.state() instanceof State.Pending)
        .map(Delivery::target)
        .toList();
  }

  /** When the mail was accepted: the queue id tells. */
  public Instant acceptedAt() {
    return id.time();
  }

  /** The entry as it goes to targets that this mailing list's owner answers for, if any. */
  public SpoolEntry sentOnBy(Optional<EmailAddress> owner) {
    return owner.map(o -> withEnvelope(envelope.sentOnBy(o))).orElse(this);
  }

  /** The same entry, come as far as that. */
  public SpoolEntry withDeliveries(List<Delivery> other) {
    return new SpoolEntry(id, envelope, other, sizeBytes, attempts, nextAttempt, held);
  }

  /** The same entry under another envelope. */
  public SpoolEntry withEnvelope(Envelope other) {
    return new SpoolEntry(id, other, deliveries, sizeBytes, attempts, nextAttempt, held);
  }
}
