package org.malleposte.imap;

import org.malleposte.imap.ImapCommand.Access;
import org.malleposte.mail.AccountName;

/** Where a session is (RFC 3501 §3). */
sealed interface ImapState {
  record NotAuthenticated(int failures) implements ImapState {}

  /** With an account. */
  sealed interface LoggedIn extends ImapState {
    AccountName account();
  }

  record Authenticated(AccountName account) implements LoggedIn {}

  record Selected(AccountName account, MailboxView view, Access access) implements LoggedIn {
    boolean isReadOnly() {
      return access == Access.READ_ONLY;
    }
  }

  record Logout() implements ImapState {}
}
