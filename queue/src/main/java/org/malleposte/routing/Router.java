package org.malleposte.routing;

import java.util.List;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;

/** Decides by the tables in force. Thread-safe; never blocks: tables are in memory. */
public interface Router {
  /**
   * The peer, as far as rules ask for it.
   *
   * @param address textual IP address
   * @param hostName its verified name (PTR and back), empty when there is none
   * @param account who has authenticated
   * @param mechanism of that login, such as {@code PLAIN}: {@code TRUST_AUTH_MECH} may not trust
   *     it; empty: it is trusted
   */
  record Peer(
      String address,
      Optional<String> hostName,
      Optional<AccountName> account,
      Optional<String> mechanism) {
    /** A peer whose login is trusted. */
    public Peer(String address, Optional<String> hostName, Optional<AccountName> account) {
      this(address, hostName, account, Optional.empty());
    }
  }

  /**
   * A verdict on connection or sender. A refused connection is greeted with 220 and gets the
   * refusal as the answer to each command but HELO, EHLO, NOOP, RSET and QUIT, as sendmail does it;
   * with code 421 it is the greeting, and closes.
   */
  sealed interface Verdict {
    record Pass() implements Verdict {}

    record Reject(RoutingDecision.Refuse refuse) implements Verdict {}

    /** Take everything of this session or mail with 250, and throw it away. */
    record DiscardAll(RoutingDecision.DiscardMail discard) implements Verdict {}

    /** Take everything of this session or mail with 250, and hold it in the queue. */
    record QuarantineAll(String reason, List<RoutingDecision.Evidence> because) implements Verdict {
      public QuarantineAll {
        because = List.copyOf(because);
      }
    }
  }

  /** {@code access} Connect rules: asked once a connection. */
  Verdict onConnect(Peer peer);

  /** {@code access} From rules: asked at MAIL. */
  Verdict onSender(Peer peer, ReversePath from);

  /**
   * A recipient of an incoming mail: relay rules, {@code access} To rules, virtual users, aliases.
   *
   * @param recipient as given; a bare {@code postmaster} comes with the node's own name as domain
   */
  RoutingDecision onRecipient(Peer peer, ReversePath from, EmailAddress recipient);

  /**
   * Where a mail of our own (a report) goes: no relay or access rules, only virtual users and
   * aliases.
   */
  RoutingDecision ownMail(EmailAddress recipient);
}
