package org.malleposte.smtp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.DsnRequest.OfRecipient;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router.Verdict;
import org.malleposte.routing.Target;
import org.malleposte.trace.MailEvent;

/**
 * One mail being taken: its sender, and its recipients so far. Belongs to the session; grows in
 * place, as copying a thousand recipients a thousand times would cost.
 */
final class Transaction {
  /** What is to become of the whole mail. The heavier one wins. */
  sealed interface Fate {
    record Deliver() implements Fate {}

    record Hold(String reason) implements Fate {}

    record Discard(String why) implements Fate {}

    static Fate of(Verdict verdict) {
      return switch (verdict) {
        case Verdict.Pass _, Verdict.Reject _ -> new Deliver();
        case Verdict.DiscardAll(var discard) -> new Discard(String.valueOf(discard.because()));
        case Verdict.QuarantineAll(var reason, _) -> new Hold(reason);
      };
    }
  }

  private record Dropped(EmailAddress recipient, String why) {}

  private final ReversePath from;
  private final MailParameters parameters;
  private final List<EmailAddress> recipients = new ArrayList<>(1);
  private final Set<Target> targets = new LinkedHashSet<>(2);
  private final Map<EmailAddress, OfRecipient> wishes = new HashMap<>(0);
  private final List<Dropped> dropped = new ArrayList<>(0);
  private Fate fate;
  private int commands;
  private int smallChunks;

  Transaction(ReversePath from, MailParameters parameters, Fate fate) {
    this.from = Objects.requireNonNull(from);
    this.parameters = Objects.requireNonNull(parameters);
    this.fate = Objects.requireNonNull(fate);
  }

  void accept(EmailAddress recipient, OfRecipient asked, List<Target> resolved) {
    recipients.add(recipient);
    if (!asked.equals(OfRecipient.NOTHING)) {
      // Named twice, an address is one recipient: the first word counts, as its target does.
      wishes.putIfAbsent(recipient, asked);
    }
    targets.addAll(resolved);
  }

  void drop(EmailAddress recipient, String why) {
    dropped.add(new Dropped(recipient, why));
  }

  /** The heavier of what was and {@code other} is. */
  void meet(Fate other) {
    fate =
        switch (fate) {
          case Fate.Deliver _ -> other;
          case Fate.Hold _ -> other instanceof Fate.Discard ? other : fate;
          case Fate.Discard _ -> fate;
        };
  }

  /** Counts one RCPT. */
  int countCommand() {
    return ++commands;
  }

  /** Counts one chunk that is small and not the last. */
  int countSmallChunk() {
    return ++smallChunks;
  }

  /** Accepted ones, dropped ones too. */
  int size() {
    return recipients.size() + dropped.size();
  }

  int commands() {
    return commands;
  }

  ReversePath from() {
    return from;
  }

  /** As the client says. */
  BodyType body() {
    return parameters.body();
  }

  /** Whether it may be other than lines (RFC 3030 §3). */
  boolean isBinary() {
    return body() == BodyType.BINARY_MIME;
  }

  boolean smtpUtf8() {
    return parameters.smtpUtf8();
  }

  DsnRequest dsn() {
    return new DsnRequest(parameters.returned(), parameters.envelopeId(), wishes);
  }

  /** As the client says, 0 when it does not. */
  long expectedBytes() {
    return parameters.sizeBytes().orElse(0);
  }

  Fate fate() {
    return fate;
  }

  List<EmailAddress> recipients() {
    return List.copyOf(recipients);
  }

  List<Target> targets() {
    return List.copyOf(targets);
  }

  /** Whether there is nobody to whom it goes. */
  boolean isDiscarded() {
    return fate instanceof Fate.Discard || targets.isEmpty();
  }

  Optional<String> holdReason() {
    return fate instanceof Fate.Hold(var reason) ? Optional.of(reason) : Optional.empty();
  }

  /** What is to be said of those whose mail is thrown away. */
  List<MailEvent> discards(QueueId id) {
    var events = new ArrayList<MailEvent>(dropped.size());
    if (fate instanceof Fate.Discard(var why)) {
      recipients.forEach(to -> events.add(new MailEvent.Discarded(id, to.toString(), why)));
    }
    dropped.forEach(
        d -> events.add(new MailEvent.Discarded(id, d.recipient().toString(), d.why())));
    return events;
  }
}
