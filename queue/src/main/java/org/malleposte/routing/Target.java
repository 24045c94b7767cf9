package org.malleposte.routing;

import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;

/**
 * Where a mail finally goes, after aliases and virtual users. Two recipients that resolve to one
 * target are one delivery.
 */
public sealed interface Target {
  /** The forward-path that led here, for {@code Delivered-To} and reports. */
  EmailAddress original();

  /** Into the INBOX of an account. */
  record Local(AccountName account, EmailAddress original) implements Target {
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
  record Remote(EmailAddress address, EmailAddress original) implements Target {
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
