package org.malleposte.routing;

import java.util.List;
import java.util.Objects;
import org.malleposte.mail.EnhancedStatus;

/** What is to become of one recipient, decided at RCPT time, and why. */
public sealed interface RoutingDecision {
  /** The table lines that decided, in the order in which they were met. */
  List<Evidence> because();

  /** A line of a file: {@code access:12: 192.168.128 RELAY}; or a rule, with line 0. */
  record Evidence(String file, int line, String text) {
    @Override
    public String toString() {
      return (line > 0 ? file + ":" + line : file) + ": " + text;
    }
  }

  /** The mail goes to all of {@code targets}; never empty, no two are equal. */
  record Accept(List<Target> targets, List<Evidence> because) implements RoutingDecision {
    public Accept {
      targets = List.copyOf(targets);
      because = List.copyOf(because);
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("accepted for nobody");
      }
    }
  }

  /** The reply to RCPT: {@code code} is 4yz or 5yz. */
  record Refuse(int code, EnhancedStatus status, String text, List<Evidence> because)
      implements RoutingDecision {
    public Refuse {
      Objects.requireNonNull(status);
      because = List.copyOf(because);
      if (code < 400 || code > 599) {
        throw new IllegalArgumentException("not a refusal: " + code);
      }
    }
  }

  /** Accepted with 250 and thrown away for this recipient alone: its alias is {@code /dev/null}. */
  record Discard(List<Evidence> because) implements RoutingDecision {
    public Discard {
      because = List.copyOf(because);
    }
  }

  /**
   * Accepted with 250; the whole mail is thrown away, for the other recipients too, because {@code
   * access} says DISCARD. That is what sendmail does.
   */
  record DiscardMail(List<Evidence> because) implements RoutingDecision {
    public DiscardMail {
      because = List.copyOf(because);
    }
  }

  /**
   * Accepted with 250; the whole mail is kept in the queue, held, until the postmaster releases it.
   *
   * @param reason the postmaster's, from {@code access}
   */
  record Quarantine(String reason, List<Target> targets, List<Evidence> because)
      implements RoutingDecision {
    public Quarantine {
      Objects.requireNonNull(reason);
      targets = List.copyOf(targets);
      because = List.copyOf(because);
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("quarantined for nobody");
      }
    }
  }
}
