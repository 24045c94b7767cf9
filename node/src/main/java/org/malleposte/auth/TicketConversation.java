package org.malleposte.auth;

import java.util.List;
import java.util.Optional;
import javax.security.sasl.SaslException;

/** One client showing its Kerberos ticket (RFC 4752). Belongs to one exchange. */
public interface TicketConversation {
  /** What follows from a token. */
  sealed interface Step {
    record Challenge(byte[] token) implements Step {}

    /**
     * @param logins by which the holder may be known here; empty: of another realm
     */
    record Named(List<String> logins, Optional<String> actAs) implements Step {}
  }

  /**
   * Takes the client's next token. Costs CPU and reads the keytab: not for an event loop.
   *
   * @throws SaslException when it is not good
   */
  Step take(byte[] token) throws SaslException;
}
