package org.malleposte.managesieve;

import org.malleposte.auth.SaslExchange;
import org.malleposte.mail.AccountName;

/** Where a session stands (RFC 5804 §1.1). */
sealed interface ManageSieveState {
  record Anonymous() implements ManageSieveState {}

  /** A challenge was sent. */
  record InSasl(SaslExchange exchange) implements ManageSieveState {}

  /** The accounts were asked for this exchange; no command comes meanwhile. */
  record Asking(SaslExchange exchange) implements ManageSieveState {}

  record LoggedIn(AccountName account) implements ManageSieveState {}

  /** Nothing more is answered. */
  record Ended() implements ManageSieveState {}
}
