package org.malleposte.pop3;

import java.util.Optional;
import org.malleposte.auth.SaslExchange;

/** Where a session stands (RFC 1939 §3). */
sealed interface Pop3State {
  /**
   * Not logged in.
   *
   * @param user from USER, when PASS may come
   */
  record Authorization(Optional<String> user) implements Pop3State {}

  /** A challenge was sent. */
  record InSasl(SaslExchange exchange) implements Pop3State {}

  /** The accounts were asked for this exchange; no command comes meanwhile. */
  record Asking(SaslExchange exchange) implements Pop3State {}

  /** A step is under way whose answer decides; no command comes meanwhile. */
  record Waiting() implements Pop3State {}

  /** Logged in, with the maildrop open and locked. */
  record Transaction(Maildrop drop) implements Pop3State {}

  /** As before, and {@code command} waits for the sizes. */
  record AwaitingSizes(Maildrop drop, Pop3Command command) implements Pop3State {}

  /** Nothing more is answered. */
  record Ended() implements Pop3State {}
}
