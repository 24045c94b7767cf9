package org.malleposte.auth;

import java.util.Optional;
import org.malleposte.account.Credential;

/**
 * What a client computed from its password and our challenge, to be compared with what is stored.
 * Pure; may cost CPU, so not for an event loop.
 */
@FunctionalInterface
public interface PasswordProof {
  /**
   * @return what we prove in turn, perhaps nothing; empty: it does not fit, or what is stored is of
   *     a kind that cannot tell
   */
  Optional<byte[]> verify(Credential credential);
}
