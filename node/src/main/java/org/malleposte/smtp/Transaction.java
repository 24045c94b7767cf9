package org.malleposte.smtp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope.BodyType;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;

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
  }

  /** A recipient whose mail is thrown away. */
  record Dropped(EmailAddress recipient, String why) {}

  private final ReversePath from;
  private final MailParameters parameters;
  private final List<EmailAddress> recipients = new ArrayList<>(1);
  private final Set<Target> targets = new LinkedHashSet<>(2);
  private final List<Dropped> dropped = new ArrayList<>(0);
  private Fate fate;
  private int commands;

  Transaction(ReversePath from, MailParameters parameters, Fate fate) {
    this.from = Objects.requireNonNull(from);
    this.parameters = Objects.requireNonNull(parameters);
    this.fate = Objects.requireNonNull(fate);
  }

  void accept(EmailAddress recipient, List<Target> resolved) {
    recipients.add(recipient);
    targets.addAll(resolved);
  }

  void drop(EmailAddress recipient, String why) {
    dropped.add(new Dropped(recipient, why));
  }

  void hold(String reason) {
    if (fate instanceof Fate.Deliver) {
      fate = new Fate.Hold(reason);
    }
  }

  void discard(String why) {
    if (!(fate instanceof Fate.Discard)) {
      fate = new Fate.Discard(why);
    }
  }

  /** Counts one RCPT. */
  int countCommand() {
    return ++commands;
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

  BodyType body() {
    return parameters.body();
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

  List<Dropped> dropped() {
    return List.copyOf(dropped);
  }

  List<Target> targets() {
    return List.copyOf(targets);
  }
}
