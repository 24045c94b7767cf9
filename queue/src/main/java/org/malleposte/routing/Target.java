package org.malleposte.routing;

import java.util.Objects;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;

/**
 * Where a mail finally goes, after aliases and virtual users. Two recipients that resolve to one
 * target are one delivery.
 */
public sealed interface Target {
  /** The forward-path that led here, for {@code Delivered-To} and reports. */
  EmailAddress original();

  /**
   * Who answers for the mailing list that led here ({@code owner-list} in {@code aliases}): its
   * reverse-path from there on, and who hears of failures (RFC 5321 §3.9.2). Empty: the sender.
   */
  Optional<EmailAddress> owner();

  /** Into the INBOX of an account. */
  record Local(AccountName account, EmailAddress original, Optional<EmailAddress> owner)
      implements Target {
    public Local {
      Objects.requireNonNull(original);
      Objects.requireNonNull(owner);
    }

    public Local(AccountName account, EmailAddress original) {
      this(account, original, Optional.empty());
    }

    /** The account alone decides: an account gets a mail once, however many recipients name it. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Local local && local.account.equals(account);
    }

    @Override
    public int hashCode() {
      return account.hashCode();
    }
  }

  /** To another host by SMTP: the smart host or the MX of the domain. */
  record Remote(EmailAddress address, EmailAddress original, Optional<EmailAddress> owner)
      implements Target {
    public Remote {
      Objects.requireNonNull(original);
      Objects.requireNonNull(owner);
    }

    public Remote(EmailAddress address, EmailAddress original) {
      this(address, original, Optional.empty());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Remote remote && remote.address.equals(address);
    }

    @Override
    public int hashCode() {
      return address.hashCode();
    }
  }
}
