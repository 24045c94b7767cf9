package org.malleposte.smtp;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.malleposte.auth.SaslMechanisms;
import org.malleposte.config.Listener;
import org.malleposte.mail.Domain;

/**
 * How this node speaks SMTP.
 *
 * @param name {@code Received}; domain of a bare {@code postmaster}
 * @param sasl what AUTH offers
 */
public record SmtpSettings(
    Domain name,
    LoginMessage greeting,
    List<Listener> listeners,
    List<Listener> lmtp,
    Privacy privacy,
    SmtpLimits limits,
    SaslMechanisms sasl) {
  /** What is spoken on a listener. */
  public enum Dialect {
    SMTP,
    /** RFC 2033: a reply for each recipient. */
    LMTP
  }

  /** How much a stranger may learn by asking (RFC 5321 §7.3). */
  public enum Telling {
    /** The truth. */
    TOLD,
    /** 252: neither yes nor no. */
    VAGUE,
    /** 502. */
    REFUSED
  }

  /**
   * sendmail's {@code confPRIVACY_FLAGS}, as far as a session obeys them.
   *
   * @param etrn whether ETRN is taken
   * @param receipts whether who sends may ask for reports (RFC 3461)
   * @param bodyReturn whether such a report may hold the whole mail
   */
  public record Privacy(
      Telling vrfy, Telling expn, boolean etrn, boolean receipts, boolean bodyReturn) {
    /** What a node does whose postmaster says nothing: spammers collect addresses. */
    public static final Privacy DEFAULT =
        new Privacy(Telling.VAGUE, Telling.REFUSED, true, true, true);

    public Privacy {
      Objects.requireNonNull(vrfy);
      Objects.requireNonNull(expn);
    }
  }

  public SmtpSettings {
    Objects.requireNonNull(name);
    Objects.requireNonNull(greeting);
    Objects.requireNonNull(privacy);
    Objects.requireNonNull(limits);
    Objects.requireNonNull(sasl);
    listeners = List.copyOf(listeners);
    lmtp = List.copyOf(lmtp);
  }

  /** All of them, those of LMTP last. */
  List<Listener> all() {
    return Stream.concat(listeners.stream(), lmtp.stream()).toList();
  }

  /**
   * @param index in {@link #all}
   */
  Dialect dialect(int index) {
    return index < listeners.size() ? Dialect.SMTP : Dialect.LMTP;
  }
}
