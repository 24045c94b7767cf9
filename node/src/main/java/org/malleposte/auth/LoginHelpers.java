package org.malleposte.auth;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What may stand beside the accounts of this cluster.
 *
 * @param decoyKey see {@link DecoySalts}
 * @param elsewhere checks passwords of names that no account has, or that have none here
 * @param tokens empty: no bearer token is good
 * @param upgrade empty: hashes stay as they are
 * @param news of failed logins on the other nodes
 */
public record LoginHelpers(
    Supplier<byte[]> decoyKey,
    Optional<PasswordSource> elsewhere,
    Optional<TokenVerifier> tokens,
    Optional<HashUpgrade> upgrade,
    LoginNews news) {
  /** Nothing but the accounts. */
  public static LoginHelpers none(Supplier<byte[]> decoyKey) {
    return new LoginHelpers(
        decoyKey, Optional.empty(), Optional.empty(), Optional.empty(), new LoginNews.None());
  }
}
