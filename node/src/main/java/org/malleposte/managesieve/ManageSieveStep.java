package org.malleposte.managesieve;

import org.malleposte.auth.LoginQuestion;
import org.malleposte.mail.AccountName;

/** What the connection does for a session, in order. */
sealed interface ManageSieveStep {
  /** Why a session ended. */
  enum End {
    LOGOUT,
    /** The client hung up. */
    CLIENT,
    IDLE,
    /** Too many failures or mistakes. */
    REFUSED,
    DRAINED,
    /** Ours. */
    BUG
  }

  /**
   * @param reply without its last CRLF
   */
  record Send(String reply) implements ManageSieveStep {}

  /** Ends in {@code ManageSieveSession.onAnswer}. */
  record AskLogin(LoginQuestion question) implements ManageSieveStep {}

  /** Ends in {@code onScripts}. */
  record Manage(AccountName account, ManageSieveCommand.OfScripts command)
      implements ManageSieveStep {}

  /** Ends in {@code onTls}; what came in clear behind STARTTLS is dropped. */
  record StartTls(String reply) implements ManageSieveStep {}

  record Close(End why) implements ManageSieveStep {}
}
